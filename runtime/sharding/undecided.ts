import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyDecision } from "../actor/define-entity.ts";
import type { Cell } from "../kernel/cell.ts";

/** A decision that nothing comes of. */
export const NOTHING: AnyDecision = {};

/** What an entity decides about a message for which it has no words: that is counted. */
export function undecided({ reference, system }: Cell, { kind }: TaggedMessage): AnyDecision {
  system.deadLetters.add("unhandledKind", reference.address, kind);
  return NOTHING;
}
