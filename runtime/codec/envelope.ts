import Type from "typebox";
import type { TaggedMessage } from "../../protocols/protocol.ts";

/** The fields that every message carries on the wire and in the journal. */
export const ENVELOPE_FIELDS = {
  /** The name of the receiver's protocol. */
  protocol: Type.String({ minLength: 1 }),
  /** The version of the protocol that the message was written in. */
  version: Type.Integer({ minimum: 1 }),
  message: Type.Object({ kind: Type.String() }),
};

/** A message with what a reader needs to understand it, perhaps years later. */
export interface Envelope {
  readonly protocol: string;
  readonly version: number;
  readonly message: TaggedMessage;
}
