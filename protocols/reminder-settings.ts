import Type from "typebox";

/** Reminders: durable timers of entities. */
export const ReminderSettings = Type.Object(
  {
    perSecond: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 10_000,
      description:
        "how many entities a node wakes for their reminders in a second at most; the others are woken late",
    }),
  },
  { additionalProperties: false },
);
export type ReminderSettings = Type.Static<typeof ReminderSettings>;
