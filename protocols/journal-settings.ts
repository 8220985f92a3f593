import Type from "typebox";

/** Smaller than this, a journal is full before it is of use. */
const BYTES_MIN = 16_777_216;

/** The journal of a node that stands alone: what entities have stored, in the data directory. */
export const JournalSettings = Type.Object(
  {
    maxBytes: Type.Integer({
      minimum: BYTES_MIN,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 68_719_476_736,
      description:
        "how large the journal in the data directory may become, in bytes; when it is full, entities refuse what would be stored",
    }),
  },
  { additionalProperties: false },
);
export type JournalSettings = Type.Static<typeof JournalSettings>;
