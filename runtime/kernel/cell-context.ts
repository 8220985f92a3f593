import type { AskKind, AskMessage, Own, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { ActorRef, Verdict } from "../actor/actor-ref.ts";
import type { ArgsOf, AskOptions, Context, Outcome } from "../actor/context.ts";
import type { ActorDefinition } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import { scopedLog } from "../telemetry/scoped-log.ts";
import { asError } from "./as-error.ts";
import type { Ask, Asker } from "./ask.ts";
import type { Cell } from "./cell.ts";
import { LocalRef } from "./local-ref.ts";
import { NamedTimer } from "./named-timer.ts";
import { PHASE } from "./phase.ts";
import { PlacedRef } from "./placed-ref.ts";
import { beat } from "./stall-watch.ts";
import { stash, unstash } from "./stash.ts";
import { unwatch, watch } from "./watch.ts";

/** The context of one life of one actor; see `Context` for what each method promises. */
export class CellContext implements Context<Protocol> {
  protected readonly cell: Cell;
  readonly #life: number;

  constructor(cell: Cell) {
    this.cell = cell;
    this.#life = cell.life;
  }

  get self(): Reference<Protocol> {
    return this.cell.reference;
  }

  get path(): string {
    return this.cell.pathText;
  }

  get signal(): AbortSignal {
    const cell = this.live();
    const { rare } = cell;
    if (rare.abort === undefined) {
      rare.abort = new AbortController();
      // Whoever looks only after the end has begun is told at once.
      if (cell.phase > PHASE.running && !rare.isReleasing) rare.abort.abort(this.#staleTurn());
    }
    return rare.abort.signal;
  }

  get log(): Logger {
    return scopedLog(this.cell.system.log, { path: this.cell.pathText });
  }

  nowMs(): number {
    return this.cell.system.clock.nowMs();
  }

  wallMs(): number {
    return this.cell.system.clock.wallMs();
  }

  random(): number {
    return this.cell.system.random();
  }

  tell<Q extends Protocol>(to: Reference<Q>, message: Tell<Q>): Verdict {
    this.live();
    return (to as ActorRef<Q>).deliver(message, undefined);
  }

  ask<Q extends Protocol, K extends AskKind<Q>>(
    to: Reference<Q>,
    message: { readonly kind: K } & AskMessage<Q, K>,
    options?: AskOptions,
  ): Promise<Reply<Q, K>> {
    const cell = this.live();
    const asker: Asker = { cell, turn: cell.turn, cause: this.cause() };
    return cell.system.put(to, message, options, asker) as Promise<Reply<Q, K>>;
  }

  pipeToSelf<T>(promise: Promise<T>, toMessage: (outcome: Outcome<T>) => Own<Protocol>): void {
    const cell = this.live();
    const settle = (outcome: Outcome<T>): void => {
      if (!this.isLive()) return;
      try {
        cell.deliverOwn(toMessage(outcome));
      } catch (error) {
        cell.handleFault(undefined, undefined, error);
      }
    };
    promise.then(
      (value) => settle({ ok: true, value }),
      (error: unknown) => settle({ ok: false, error: asError(error) }),
    );
  }

  spawn<Q extends Protocol, Args>(
    definition: ActorDefinition<Q, Args>,
    name: string,
    ...args: ArgsOf<Args>
  ): Reference<Q> {
    const cell = this.live();
    return cell.system.spawnUnder(cell, definition, name, args[0]);
  }

  stopChild(child: AnyReference): void {
    const target = localCell(child);
    if (this.live().children.get(target.name) === target) target.stop();
  }

  stopSelf(): void {
    this.live().stop();
  }

  children(): ReadonlyMap<string, AnyReference> {
    return new Map(Array.from(this.live().children.values(), (child) => [child.name, child.reference]));
  }

  watch(target: AnyReference, message: Own<Protocol>): void {
    const cell = this.live();
    const present = presentCell(target);
    if (present !== undefined) watch(cell, present, message);
    else if (!(target as PlacedRef).watchAway(cell, message)) cell.deliverOwn(message);
  }

  unwatch(target: AnyReference): void {
    const cell = this.live();
    const present = presentCell(target);
    if (present !== undefined) unwatch(cell, present);
    if (target instanceof PlacedRef) target.unwatchAway(cell);
  }

  startTimer(name: string, delayMs: number, message: Own<Protocol>): void {
    const cell = this.live();
    const timers = (cell.rare.timers ??= new Map());
    timers.get(name)?.stop();
    const timer = new NamedTimer(cell, name, message);
    timers.set(name, timer);
    cell.system.deadlines.add(timer, delayMs);
  }

  stopTimer(name: string): void {
    const timers = this.live().extras?.timers;
    timers?.get(name)?.stop();
    timers?.delete(name);
  }

  beat(note?: string): void {
    beat(this.live(), note);
  }

  stash(): void {
    stash(this.live());
  }

  unstashAll(): void {
    unstash(this.live());
  }

  /** The question in whose name this context acts, for the chain of askers. */
  protected cause(): Ask | undefined {
    return undefined;
  }

  protected isLive(): boolean {
    return this.cell.life === this.#life;
  }

  /** The cell, if this context's life is its present one. @throws Fault `staleTurn` */
  protected live(): Cell {
    if (this.isLive()) return this.cell;
    this.cell.system.staleTurns.count++;
    throw this.#staleTurn();
  }

  #staleTurn(): Fault {
    return new Fault("staleTurn", { address: this.cell.reference.address });
  }
}

function presentCell(reference: AnyReference): Cell | undefined {
  return reference instanceof PlacedRef ? reference.present : localCell(reference);
}

function localCell(reference: AnyReference): Cell {
  if (reference instanceof LocalRef) return reference.cell;
  throw new TypeError(`${reference.address} is not an actor of this process`);
}
