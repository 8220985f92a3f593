import type { EndReason } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import type { FaultCode } from "../fault.ts";
import { budgetFor, decide, SUPERVISION_DEFAULT } from "../supervision/restart-policy.ts";
import type { Directive, FailureCause, Strategy } from "../supervision/restart-policy.ts";
import type { BudgetRule } from "../supervision/restart-budget.ts";
import { Deadline } from "../time/deadlines.ts";
import { asError } from "./as-error.ts";
import type { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";
import { CellContext } from "./cell-context.ts";
import { NO_HISTORY } from "./cell-extras.ts";
import { PHASE, TURN } from "./phase.ts";
import { beginDuty, endDuty, endTurnWatch } from "./stall-watch.ts";
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
  beginDuty(cell);
  cell.wake();
}

/** Ends an actor for good, in order: its children first, then its running turn, then `afterStop`. */
export function beginStop(cell: Cell): void {
  if (cell.phase >= PHASE.stopping) return;
  cell.phase = PHASE.stopping;
  refuseAsks(cell, "actorGone", (ask) => !ask.deferred && ask !== cell.ask);
  beginEnd(cell);
}

/** Ends this life and begins another `delayMs` later, on the same mailbox. The open turn is given up, not awaited. */
export function beginRestart(cell: Cell, delayMs: number): void {
  if (cell.phase > PHASE.running) return;
  cell.phase = PHASE.restarting;
  cell.restarts++;
  cell.rare.restartDelayMs = delayMs;
  beginEnd(cell);
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
    if (cell.phase === PHASE.stopping) limit(cell, "turn", () => revokeTurn(cell));
    else revokeTurn(cell);
  }
  advance(cell);
}

/** The next step of an end, whenever one of the things it waits for has come: the handler on the stack, children, the turn. */
export function advance(cell: Cell): void {
  if (cell.phase !== PHASE.stopping && cell.phase !== PHASE.restarting) return;
  if (cell.open !== TURN.none || cell.extras?.isReleasing === true) return;
  cell.extras?.pending?.cancel();
  if (cell.children.size > 0) return;
  endLife(cell);
  release(cell, () => {
    endLife(cell);
    if (cell.phase === PHASE.stopping) terminate(cell);
    else awaitNextLife(cell);
  });
}

/** Gives the open turn up while its promise is pending: what it still does is void. */
export function revokeTurn(cell: Cell): void {
  const { message, ask } = cell;
  endTurnWatch(cell);
  cell.system.zombies.enter(cell);
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
  const reason: EndReason = cell.phase === PHASE.stopping ? "stopping" : "restarting";
  let released: unknown;
  try {
    released = afterStop(cell.state as never, context as never, reason);
  } catch (error) {
    releaseFailed(cell, error);
  }
  if (!(released instanceof Promise)) return done();
  limit(cell, "afterStop", done);
  released.catch((error: unknown) => releaseFailed(cell, error)).finally(done);
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
  // Whoever kept the right to answer lost it with its state; questions still in the mailbox go to the next life.
  refuseAsks(cell, "actorFailed", (ask) => ask.deferred);
  wait(cell, cell.rare.restartDelayMs, () => {
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
  refuseAsks(cell, "actorGone", () => true);
  const { address } = cell.reference;
  for (let letter = mailbox.shift(); letter !== undefined; letter = mailbox.shift()) {
    cell.system.deadLetters.add("leftInMailbox", address, letter.message.kind);
  }
  if (cell.extras !== undefined) cell.extras.control = undefined;
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
  callSupervisor(cell, error, "crash");
}

/** Has the supervisor decide about a failed actor. Nobody stands above the root: its failure is the node's. */
export function callSupervisor(cell: Cell, error: unknown, cause: FailureCause): void {
  if (cell === cell.system.root) cell.system.onRootFailed(error);
  else superviseFailure(cell.parent as Cell, cell, error, cause);
}

/** Keeps what went wrong for operators. */
export function recordFailure(cell: Cell, error: unknown, kind: string | undefined): void {
  const known = asError(error);
  cell.failed++;
  cell.rare.lastFailure = {
    atMs: cell.system.clock.wallMs(),
    message: known.message,
    kind,
    stack: known.stack,
  };
}

/** The supervisor's decision about a failed child, carried out. */
function superviseFailure(supervisor: Cell, child: Cell, error: unknown, cause: FailureCause): void {
  if (supervisor.phase >= PHASE.restarting) return beginStop(child);
  const supervision = { ...SUPERVISION_DEFAULT, ...supervisor.definition.supervision };
  const budgetOwner = supervision.strategy === "oneForOne" ? child : supervisor;
  const key = budgetOwner === child ? "history" : "childrenHistory";
  const histories = budgetOwner.rare[key];
  const directive = decide(supervision, {
    cause,
    restart: child.definition.restart ?? "permanent",
    history: histories[cause],
    nowMs: child.system.clock.nowMs(),
    random: child.system.random(),
  });
  if (directive.kind !== "stop") budgetOwner.rare[key] = { ...histories, [cause]: directive.history };
  carryOut(directive, { supervisor, child, error, budget: budgetFor(supervision, cause) });
}

interface FailureCase {
  readonly supervisor: Cell;
  readonly child: Cell;
  readonly error: unknown;
  readonly budget: BudgetRule;
}

function carryOut(directive: Directive, { supervisor, child, error, budget }: FailureCase): void {
  switch (directive.kind) {
    case "restart":
      for (const affected of inScope(supervisor, child, directive.scope)) {
        if (affected.definition.restart === "temporary") beginStop(affected);
        else beginRestart(affected, directive.delayMs);
      }
      return;
    case "stop":
      supervisor.system.log.error("actor.gaveUp", { path: child.pathText, supervisor: supervisor.pathText });
      return beginStop(child);
    case "escalate": {
      const { max, withinMs } = budget;
      supervisor.system.log.error("actor.escalated", {
        path: child.pathText,
        supervisor: supervisor.pathText,
        max,
        withinMs,
      });
      beginStop(child);
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
