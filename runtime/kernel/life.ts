import type { EndReason } from "../actor/define-actor.ts";
import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Fault } from "../fault.ts";
import type { FaultCode } from "../fault.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";
import { CellContext } from "./cell-context.ts";
import { NO_HISTORY } from "./cell-extras.ts";
import { recordFailure } from "./failure-record.ts";
import { HOLD, isHeld } from "./hold.ts";
import type { Heirloom } from "./heirloom.ts";
import { PHASE, TURN } from "./phase.ts";
import { beginDuty, beginTurnWatch, endDuty, endTurnWatch } from "./stall-watch.ts";
import { unstash } from "./stash.ts";
import { forgetWatches, tellWatchers } from "./watch.ts";

/** How long a running turn and `afterStop` may each hold up a stop unless the definition says otherwise. */
const STOP_WITHIN_MS = 5_000;

/** Begins a life: builds the state, then lets the mail in. A throw is the supervisor's business, like any other. */
export function start(cell: Cell): void {
  cell.phase = PHASE.starting;
  cell.life++;
  const context = (cell.context = new CellContext(cell));
  const heirloom = cell.system.inheritance.claim(cell);
  cell.open = TURN.running;
  let state: unknown;
  try {
    state = firstState(cell, context, heirloom);
  } catch (error) {
    cell.open = TURN.none;
    if (heirloom === undefined) cell.handleFault(undefined, undefined, error);
    else beginAnew(cell, error);
    return;
  }
  if (state instanceof Promise) awaitState(cell, state);
  else begin(cell, state);
}

/** The state has to be fetched: until it is there the mail waits, and silence is watched as in a turn. */
function awaitState(cell: Cell, promise: Promise<unknown>): void {
  const { life } = cell;
  cell.open = TURN.awaiting;
  beginTurnWatch(cell);
  const unlessOver = (next: () => void): void => {
    if (cell.life !== life) {
      cell.system.staleTurns.count++;
      return cell.system.zombies.leave(cell, life);
    }
    endTurnWatch(cell);
    next();
  };
  promise.then(
    (state) => unlessOver(() => begin(cell, state)),
    (error: unknown) =>
      unlessOver(() => {
        cell.open = TURN.none;
        cell.handleFault(undefined, undefined, error);
      }),
  );
  if (cell.phase > PHASE.running) boundTurn(cell);
}

function begin(cell: Cell, state: unknown): void {
  cell.state = state;
  cell.hasState = true;
  cell.open = TURN.none;
  if (cell.phase !== PHASE.starting) return advance(cell);
  cell.phase = (cell.extras?.holds ?? 0) === 0 ? PHASE.running : PHASE.suspended;
  beginDuty(cell);
  cell.wake();
  tellBegun(cell);
}

function firstState(cell: Cell, context: CellContext, heirloom: Heirloom | undefined): unknown {
  const { handOver, initialState } = cell.definition;
  if (handOver === undefined || heirloom === undefined) return initialState(cell.args, context as never);
  return handOver.load(heirloom.data, cell.args, context as never);
}

// The heirloom is of no use. That is nobody's failure here, so no budget is charged; the next life finds none.
function beginAnew(cell: Cell, error: unknown): void {
  recordFailure(cell, error, { cause: "crash", kind: undefined });
  cell.system.log.error("actor.loadFailed", {
    path: cell.pathText,
    type: cell.definition.type,
    err: error,
  });
  if (cell.phase === PHASE.starting) beginNextLife(cell);
  else advance(cell);
}

/** Whoever waits for the next life of this actor is told: it has begun, or will not. */
function tellBegun(cell: Cell): void {
  const { extras } = cell;
  if (extras?.whenBegun === undefined) return;
  const { whenBegun } = extras;
  extras.whenBegun = undefined;
  whenBegun();
}

/** Ends an actor for good, in order: its children first, then its running turn, then `afterStop`. */
export function beginStop(cell: Cell): void {
  if (cell.phase >= PHASE.stopping) return;
  cell.phase = PHASE.stopping;
  refuseAsks(cell, goneCode(cell), (ask) => !ask.deferred && ask !== cell.ask);
  beginEnd(cell);
}

/** Ends this life and begins another `delayMs` later, or at once, on the same mailbox. The open turn is given up, not awaited. */
export function beginRestart(cell: Cell, delayMs?: number): void {
  if (cell.phase > PHASE.running) return;
  cell.restarts++;
  beginNextLife(cell, delayMs);
}

/** As a restart, but not counted as one. */
export function beginNextLife(cell: Cell, delayMs?: number): void {
  if (cell.phase > PHASE.running) return;
  cell.phase = PHASE.restarting;
  cell.rare.restartDelayMs = delayMs;
  beginEnd(cell);
}

/** Ends the back-off before the next life: it begins now. */
export function hurry(cell: Cell): void {
  if (cell.phase !== PHASE.waiting) return;
  cell.rare.pending?.cancel();
  start(cell);
}

// What waits for an actor that has moved will find it, a moment later.
function goneCode(cell: Cell): FaultCode {
  return isHeld(cell, HOLD.handOver) ? "actorMoved" : (cell.definition.goneCode ?? "actorGone");
}

function beginEnd(cell: Cell): void {
  // An `afterStop` that already runs for a restart is left in peace.
  if (cell.extras?.isReleasing !== true) abort(cell);
  // The latest child first: what was started later may lean on what was started before it.
  for (const child of [...cell.children.values()].reverse()) beginStop(child);
  boundTurn(cell);
}

/** Once an end has begun, the promise of an open turn is waited for: within the limit by a stop, not at all by a restart. */
export function boundTurn(cell: Cell): void {
  if (cell.open === TURN.awaiting) {
    // A state that is still being fetched has nothing to finish.
    if (cell.phase === PHASE.stopping && cell.hasState) limit(cell, "turn", () => revokeTurn(cell));
    else revokeTurn(cell);
  }
  advance(cell);
}

/** The next step of an end, whenever one of the things it waits for has come: the handler on the stack, children, the turn. */
export function advance(cell: Cell): void {
  if (cell.phase !== PHASE.stopping && cell.phase !== PHASE.restarting) return;
  if (cell.open !== TURN.none || cell.extras?.isReleasing === true) return;
  cell.extras?.pending?.cancel();
  if (cell.children.size > 0 || isSettling(cell)) return;
  endLife(cell);
  release(cell, () => {
    endLife(cell);
    if (cell.phase === PHASE.stopping) terminate(cell);
    else awaitNextLife(cell);
  });
}

/** What an actor has begun outside of its turns is finished like one more turn, while its context still counts. */
function isSettling(cell: Cell): boolean {
  const { settle } = cell.definition;
  if (settle === undefined || !cell.hasState || cell.rare.hasSettled) return false;
  cell.rare.hasSettled = true;
  let settled: Promise<void> | undefined;
  try {
    settled = settle(cell.state as never);
  } catch (error) {
    releaseFailed(cell, error);
  }
  if (settled === undefined) return false;
  const { life } = cell;
  cell.open = TURN.awaiting;
  const done = (): void => {
    if (cell.life !== life) return cell.system.zombies.leave(cell, life);
    cell.open = TURN.none;
    advance(cell);
  };
  limit(cell, "turn", () => revokeTurn(cell));
  settled.catch((error: unknown) => releaseFailed(cell, error)).finally(done);
  return true;
}

/**
 * Gives the open turn up while its promise is pending: what it still does is void. `held` is the message that its closure
 * keeps in memory.
 */
export function revokeTurn(cell: Cell, held: TaggedMessage | undefined = cell.message): void {
  const { message, ask } = cell;
  endTurnWatch(cell);
  cell.system.zombies.enter(cell, held);
  cell.life++;
  cell.open = TURN.none;
  cell.message = cell.ask = undefined;
  if (message !== undefined) {
    cell.system.deadLetters.add("turnRevoked", cell.reference.address, message.kind);
  }
  ask?.refuse(new Fault("actorFailed", { address: ask.to.address }));
}

/** Voids the contexts of a life, or of the `afterStop` that followed it, and what was ordered through them. */
function endLife(cell: Cell): void {
  cell.life++;
  unstash(cell);
  const { extras } = cell;
  if (extras === undefined) return;
  abort(cell);
  extras.abort = undefined;
  extras.hasSettled = false;
  extras.isShut = false;
  extras.childrenHistory = NO_HISTORY;
  endDuty(cell);
  for (const timer of extras.timers?.values() ?? []) timer.stop();
  extras.timers = undefined;
  forgetWatches(cell);
}

function abort(cell: Cell): void {
  cell.extras?.abort?.abort(new Fault("staleTurn", { address: cell.reference.address }));
}

/** Runs `afterStop`, bounded in time, and goes on with `next` whatever becomes of it. */
function release(cell: Cell, next: () => void): void {
  const { afterStop } = cell.definition;
  if (afterStop === undefined || !cell.hasState) return next();
  const { life } = cell;
  const context = new CellContext(cell);
  cell.hasState = false;
  cell.rare.isReleasing = true;
  const done = (): void => {
    if (cell.life !== life) return;
    cell.rare.isReleasing = false;
    cell.rare.pending?.cancel();
    next();
  };
  let released: unknown;
  try {
    released = afterStop(cell.state as never, context as never, endReason(cell));
  } catch (error) {
    releaseFailed(cell, error);
  }
  if (!(released instanceof Promise)) return done();
  limit(cell, "afterStop", done);
  released.catch((error: unknown) => releaseFailed(cell, error)).finally(done);
}

function endReason(cell: Cell): EndReason {
  if (cell.phase === PHASE.restarting) return "restarting";
  return isHeld(cell, HOLD.handOver) ? "handedOver" : "stopping";
}

function releaseFailed(cell: Cell, error: unknown): void {
  recordFailure(cell, error, { cause: "crash", kind: undefined });
  cell.system.log.warn("actor.afterStopFailed", {
    path: cell.pathText,
    type: cell.definition.type,
    err: error,
  });
}

function awaitNextLife(cell: Cell): void {
  cell.phase = PHASE.waiting;
  cell.state = undefined;
  cell.hasState = false;
  // Whoever kept the right to answer lost it with its state; questions still in the mailbox go to the next life.
  refuseAsks(cell, "actorFailed", (ask) => ask.deferred);
  const { restartDelayMs } = cell.rare;
  if (restartDelayMs === undefined) return start(cell);
  wait(cell, restartDelayMs, () => {
    cell.system.log.info("actor.restarted", { path: cell.pathText, restarts: cell.restarts });
    start(cell);
  });
}

function refuseAsks(cell: Cell, code: FaultCode, isHopeless: (ask: Ask) => boolean): void {
  for (let ask = cell.firstOpenAsk; ask !== undefined;) {
    const next = ask.nextOpen;
    if (isHopeless(ask)) ask.refuse(new Fault(code, { address: ask.to.address }));
    ask = next;
  }
}

function terminate(cell: Cell): void {
  const { mailbox } = cell;
  cell.phase = PHASE.stopped;
  cell.stopped = true;
  refuseAsks(cell, goneCode(cell), () => true);
  const { address } = cell.reference;
  for (let letter = mailbox.shift(); letter !== undefined; letter = mailbox.shift()) {
    cell.system.deadLetters.add("leftInMailbox", address, letter.message.kind);
  }
  if (cell.extras !== undefined) cell.extras.control = undefined;
  cell.state = cell.context = undefined;
  tellBegun(cell);
  tellWatchers(cell);
  cell.parent?.childStopped(cell);
  cell.system.onStopped(cell);
}

/** Bounds one step of an end: when its time is up the step is over, and the log says so. */
function limit(cell: Cell, step: "turn" | "afterStop", over: () => void): void {
  const withinMs = cell.definition.stopWithinMs ?? STOP_WITHIN_MS;
  wait(cell, withinMs, () => {
    cell.system.log.warn("actor.stopTimedOut", { path: cell.pathText, step, withinMs });
    over();
    advance(cell);
  });
}

function wait(cell: Cell, delayMs: number, then: () => void): void {
  cell.rare.pending?.cancel();
  const pending = (cell.rare.pending = new Alarm(then));
  cell.system.deadlines.add(pending, delayMs);
}

/** A deadline that runs a task. */
class Alarm extends Deadline {
  readonly #task: () => void;

  constructor(task: () => void) {
    super();
    this.#task = task;
  }

  expire(): void {
    this.#task();
  }
}
