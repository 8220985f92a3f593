import { Fault } from "../fault.ts";
import type { Cell } from "./cell.ts";
import { recordFailure } from "./failure-record.ts";
import { revokeTurn } from "./life.ts";
import { PHASE, TURN } from "./phase.ts";
import type { StallWatch } from "./stall-watch.ts";
import { callSupervisor } from "./supervise.ts";

/** Strikes after which a message is put aside instead of being tried once more. */
const STRIKES_MAX = 3;

/**
 * An actor has fallen silent. Its open turn is given up, the message gets a strike and goes back to the front of the
 * mailbox or, at the third, into quarantine; then the supervisor decides as after a crash, from a budget of its own.
 */
export function stalled(cell: Cell, watch: StallWatch, fault: Error): void {
  if (cell.phase !== PHASE.running && cell.phase !== PHASE.starting) return;
  const { message } = cell;
  const kind = message?.kind;
  const note = cell.extras?.lastBeat?.note;
  const strikes = strike(cell);
  // At once, whatever the supervisor decides: a stop would wait for it.
  if (cell.open === TURN.awaiting) revokeTurn(cell, message);
  const { clock, log, stalls } = cell.system;
  const { silence, deadlineMs } = watch;
  const what = { path: cell.pathText, type: cell.definition.type, silence, deadlineMs, kind, note, strikes };
  cell.rare.stalls++;
  stalls.add({ ...what, atMs: clock.wallMs() });
  log.warn("actor.stalled", what);
  recordFailure(cell, fault, { cause: "stall", kind });
  callSupervisor(cell, fault, "stall");
}

/** Takes the message out of the open turn; answers how often it has stalled its actor. */
function strike(cell: Cell): number {
  const { message, ask, rare } = cell;
  if (message === undefined) return 0;
  const strikes = (rare.strikes?.message === message ? rare.strikes.count : 0) + 1;
  rare.strikes = { message, count: strikes };
  cell.message = cell.ask = undefined;
  if (strikes < STRIKES_MAX) {
    cell.putBack(message, ask);
    return strikes;
  }
  rare.strikes = undefined;
  ask?.refuse(new Fault("actorStalled", { address: ask.to.address, strikes }));
  const { clock, log, quarantine } = cell.system;
  const handler = `${cell.definition.type}.${message.kind}`;
  const note = rare.lastBeat?.note;
  const where = { path: cell.pathText, kind: message.kind, handler, strikes, note };
  const { id, fingerprint } = quarantine.add({ ...where, atMs: clock.wallMs(), message });
  log.error("message.quarantined", { ...where, id, fingerprint });
  return strikes;
}
