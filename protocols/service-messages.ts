import Type from "typebox";
import type { Fields } from "./protocol.ts";

/** What services say beside a message to an entity, behind the `?`. */
export const MESSAGE_QUERY_FIELDS = {
  deadlineMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 30_000,
      description: "how long the answer is waited for, in milliseconds; 5000 unless given",
    }),
  ),
} as const satisfies Fields;

/** What a service is told of a message that nobody answers. */
export const MESSAGE_TAKEN_FIELDS = {
  kind: Type.Enum(["accepted", "taken"], {
    description: "`accepted`: on its way. `taken`: carried out and stored, once, under its Idempotency-Key",
  }),
} as const satisfies Fields;

/** A message to an entity over a connection: the same as the request that it stands for. */
export const MESSAGE_CALL_FIELDS = {
  type: Type.String({ description: "the type of the entity, such as `live-room`" }),
  id: Type.String({ description: "which one of its type" }),
  message: Type.String({ description: "the message as JSON text, byte for byte as it is signed" }),
  headers: Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 1_024 }), {
    maxProperties: 16,
    description: "who sends it and under which name: the headers that an HTTP request would have",
  }),
  deadlineMs: MESSAGE_QUERY_FIELDS.deadlineMs,
} as const satisfies Fields;
