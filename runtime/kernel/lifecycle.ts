import type { EndReason } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import { decide, SUPERVISION_DEFAULT } from "../supervision/restart-policy.ts";
import type { Directive, Strategy, Supervision } from "../supervision/restart-policy.ts";
import { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
import { CellContext } from "./cell-context.ts";
import { PHASE, TURN } from "./phase.ts";
import { unstash } from "./stash.ts";
import { forgetWatches, tellWatchers } from "./watch.ts";

/** How long a running turn and `afterStop` may each hold up a stop unless the definition says otherwise. */
const STOP_WITHIN_MS = 5_000;

/** Begins a life: builds the state, then lets the mail in. A throw is the supervisor's business, like any other. */
export function start(cell: Cell): void {
  cell.phase = PHASE.starting;
  cell.life++;
  const context = (cell.context = new CellContext(cell));
  cell.open = TURN.running;
  try {
    cell.state = cell.definition.initialState(cell.args, context as never);
    cell.hasState = true;
  } catch (error) {
    cell.open = TURN.none;
    return fail(cell, error, undefined);
  }
  cell.open = TURN.none;
  if (cell.phase !== PHASE.starting) return advance(cell);
  cell.phase = PHASE.running;
  cell.wake();
}

/** Ends an actor for good, in order: its children first, then its running turn, then `afterStop`. */
export function beginStop(cell: Cell): void {
  if (cell.phase >= PHASE.stopping) return;
  cell.phase = PHASE.stopping;
  beginEnd(cell);
  if (cell.open === TURN.awaiting) limit(cell, "turn", () => revokeTurn(cell));
  advance(cell);
}

/** Ends this life and begins another `delayMs` later, on the same mailbox. The open turn is given up, not awaited. */
export function beginRestart(cell: Cell, delayMs: number): void {
  if (cell.phase > PHASE.running) return;
  cell.phase = PHASE.restarting;
  cell.restarts++;
  cell.rare.restartDelayMs = delayMs;
  beginEnd(cell);
  if (cell.open === TURN.awaiting) revokeTurn(cell);
  advance(cell);
}

function beginEnd(cell: Cell): void {
  // An `afterStop` that already runs for a restart keeps its limit.
  if (cell.extras?.isReleasing !== true) cell.extras?.pending?.cancel();
  cell.extras?.abort?.abort(new Fault("staleTurn", { address: cell.reference.address }));
  // The latest child first: what was started later may lean on what was started before it.
  for (const child of [...cell.children.values()].reverse()) beginStop(child);
}

/** The next step of an end, whenever one of the things it waits for has come: the handler on the stack, children, the turn. */
export function advance(cell: Cell): void {
  if (cell.phase !== PHASE.stopping && cell.phase !== PHASE.restarting) return;
  if (cell.open !== TURN.none || cell.children.size > 0 || cell.extras?.isReleasing === true) return;
  endLife(cell);
  release(cell, () => {
    if (cell.phase === PHASE.stopping) terminate(cell);
    else awaitNextLife(cell);
  });
}

function revokeTurn(cell: Cell): void {
  const { ask } = cell;
  cell.life++;
  cell.open = TURN.none;
  cell.message = cell.ask = undefined;
  if (ask !== undefined) {
    ask.deferred = false;
    ask.refuse(new Fault("actorFailed", { address: ask.to.address }));
  }
}

function endLife(cell: Cell): void {
  cell.life++;
  cell.context = new CellContext(cell);
  unstash(cell);
  const { extras } = cell;
  if (extras === undefined) return;
  extras.pending?.cancel();
  extras.abort = undefined;
  for (const timer of extras.timers?.values() ?? []) timer.stop();
  extras.timers = undefined;
  forgetWatches(cell);
}

/** Runs `afterStop`, bounded in time, and goes on with `next` whatever becomes of it. */
function release(cell: Cell, next: () => void): void {
  const { afterStop } = cell.definition;
  if (afterStop === undefined || !cell.hasState) return next();
  cell.hasState = false;
  cell.rare.isReleasing = true;
  const done = (): void => {
    if (!cell.rare.isReleasing) return;
    cell.rare.isReleasing = false;
    cell.rare.pending?.cancel();
    next();
  };
  const reason: EndReason = cell.phase === PHASE.stopping ? "stopping" : "restarting";
  try {
    const released = afterStop(cell.state as never, cell.context as never, reason);
    if (!(released instanceof Promise)) return done();
    limit(cell, "afterStop", done);
    released.catch((error: unknown) => releaseFailed(cell, error)).finally(done);
  } catch (error) {
    releaseFailed(cell, error);
    done();
  }
}

function releaseFailed(cell: Cell, error: unknown): void {
  recordFailure(cell, error, undefined);
  cell.system.log.warn("actor.afterStopFailed", {
    path: cell.pathText,
    type: cell.definition.type,
    err: error,
  });
}

function awaitNextLife(cell: Cell): void {
  cell.phase = PHASE.waiting;
  cell.state = undefined;
  refuseDeferredAsks(cell);
  wait(cell, cell.rare.restartDelayMs, () => {
    cell.system.log.info("actor.restarted", { path: cell.pathText, restarts: cell.restarts });
    start(cell);
  });
}

// Whoever kept the right to answer lost it with its state; questions still in the mailbox go to the next life.
function refuseDeferredAsks(cell: Cell): void {
  for (let ask = cell.firstOpenAsk; ask !== undefined;) {
    const next = ask.nextOpen;
    if (ask.deferred) ask.refuse(new Fault("actorFailed", { address: ask.to.address }));
    ask = next;
  }
}

function terminate(cell: Cell): void {
  const { mailbox } = cell;
  cell.phase = PHASE.stopped;
  cell.stopped = true;
  cell.life++;
  const address = cell.reference.address;
  while (cell.firstOpenAsk !== undefined) cell.firstOpenAsk.refuse(new Fault("actorGone", { address }));
  if (mailbox !== undefined) {
    while (mailbox.user.size > 0) {
      cell.system.deadLetters.add("leftInMailbox", address, mailbox.user.shift().kind);
    }
  }
  cell.mailbox = undefined;
  cell.state = cell.context = undefined;
  tellWatchers(cell);
  cell.parent?.childStopped(cell);
  cell.system.onStopped(cell);
}

/** Records what went wrong and has the supervisor decide. */
export function fail(cell: Cell, error: unknown, kind: string | undefined): void {
  recordFailure(cell, error, kind);
  cell.system.log.warn("actor.failed", { path: cell.pathText, type: cell.definition.type, kind, err: error });
  if (cell.phase > PHASE.running) return advance(cell);
  if (cell === cell.system.root) return cell.system.onRootFailed(error);
  superviseFailure(cell.parent as Cell, cell, error);
}

function recordFailure(cell: Cell, error: unknown, kind: string | undefined): void {
  const known = error instanceof Error ? error : new Error(String(error));
  cell.failed++;
  cell.rare.lastFailure = {
    atMs: cell.system.clock.wallMs(),
    message: known.message,
    kind,
    stack: known.stack,
  };
}

/** The supervisor's decision about a failed child, carried out. */
export function superviseFailure(supervisor: Cell, child: Cell, error: unknown): void {
  if (supervisor.phase >= PHASE.restarting) return beginStop(child);
  const supervision = { ...SUPERVISION_DEFAULT, ...supervisor.definition.supervision };
  const budgetOwner = supervision.strategy === "oneForOne" ? child : supervisor;
  const key = budgetOwner === child ? "history" : "childrenHistory";
  const directive = decide(supervision, {
    restart: child.definition.restart ?? "permanent",
    history: budgetOwner.rare[key],
    nowMs: child.system.clock.nowMs(),
    random: child.system.random(),
  });
  if (directive.kind !== "stop") budgetOwner.rare[key] = directive.history;
  carryOut(directive, { supervisor, child, error, supervision });
}

interface FailureCase {
  readonly supervisor: Cell;
  readonly child: Cell;
  readonly error: unknown;
  readonly supervision: Supervision;
}

function carryOut(directive: Directive, { supervisor, child, error, supervision }: FailureCase): void {
  switch (directive.kind) {
    case "restart":
      for (const affected of inScope(supervisor, child, directive.scope)) {
        beginRestart(affected, directive.delayMs);
      }
      return;
    case "stop":
      supervisor.system.log.error("actor.gaveUp", { path: child.pathText, supervisor: supervisor.pathText });
      return beginStop(child);
    case "escalate": {
      const { max, withinMs } = supervision.budget;
      supervisor.system.log.error("actor.escalated", {
        path: child.pathText,
        supervisor: supervisor.pathText,
        max,
        withinMs,
      });
      const details = { child: child.pathText, max, withinMs };
      return fail(supervisor, new Fault("restartBudgetExhausted", details, { cause: error }), undefined);
    }
  }
}

function inScope(supervisor: Cell, child: Cell, scope: Strategy): readonly Cell[] {
  if (scope === "oneForOne") return [child];
  const all = [...supervisor.children.values()];
  return scope === "allForOne" ? all : all.slice(all.indexOf(child));
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
