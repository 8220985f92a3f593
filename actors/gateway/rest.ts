import type { ClientFrame } from "../../protocols/client-frames.ts";
import type { ConnectionProtocol } from "../../protocols/connection.ts";
import type { Context } from "../../runtime/actor/context.ts";

/** Frames that may wait while their connection moves to another process; the next one is refused as `busy`. */
const HELD_MAX = 1_000;

/** What a connection keeps back while it moves, on both sides of the move. Owned by its connection, changed in place. */
export interface Rest {
  /** What the client has said and nobody has looked at, in order. */
  readonly held: ClientFrame[];
  /** Whether it is about to leave this process; otherwise it has just come, and its rooms are still looked for. */
  isLeaving: boolean;
  /** What is to be done when no answer is open any more. */
  readonly whenQuiet: ((context: Context<ConnectionProtocol>) => void)[];
}

/** A rest that begins with what an earlier one has kept back. */
export function newRest(isLeaving: boolean, held: readonly ClientFrame[] = []): Rest {
  return { held: [...held], isLeaving, whenQuiet: [] };
}

/** Whether a frame has to wait: what only this process can still answer goes on, as long as it overtakes nothing. */
export function mustWait({ held }: Rest, { kind }: ClientFrame): boolean {
  return kind !== "pong" && (kind !== "hello" || held.length > 0);
}

/** Keeps a frame back; false when too many wait. */
export function hold({ held }: Rest, frame: ClientFrame): boolean {
  if (held.length >= HELD_MAX) return false;
  held.push(frame);
  return true;
}
