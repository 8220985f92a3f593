import { Actor as NactActor } from "nact/lib/actor.js";
import type { NactParent, NactPath } from "nact/lib/actor.js";
import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { AnyDefinition } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import { FLIGHT } from "../supervision/watchdog/block.ts";
import type { InFlight } from "../supervision/watchdog/block.ts";
import type { ActorSystem } from "./actor-system.ts";
import type { Ask } from "./ask.ts";
import { CellExtras } from "./cell-extras.ts";
import { AskTurnContext } from "./ask-turn-context.ts";
import type { CellContext } from "./cell-context.ts";
import { CellPath } from "./cell-path.ts";
import { flightOf } from "./flight.ts";
import { Lane } from "./lane.ts";
import { advance, beginStop, boundTurn } from "./life.ts";
import { LocalRef } from "./local-ref.ts";
import { OLD_MAIL_MS } from "./mail-aging.ts";
import { NamedTimer } from "./named-timer.ts";
import { PHASE, TURN } from "./phase.ts";
import { stalled } from "./stall.ts";
import { beginTurnWatch, endTurnWatch } from "./stall-watch.ts";
import type { StallWatch } from "./stall-watch.ts";
import { callSupervisor, fail } from "./supervise.ts";
import type { Watched, Watcher } from "./watch.ts";
import type { Phase, Turn } from "./phase.ts";

/** Messages of others that may wait in a mailbox unless the definition says otherwise. */
const MAILBOX_MAX = 10_000;

/** Shared by all actors without children; a parent gets a map of its own with its first child. */
const NO_CHILDREN: ReadonlyMap<string, Cell> = new Map();

const nothing = (): void => {};
/** Given to nact so that it builds no closures of its own for each actor. */
const NACT_PROPERTIES = { afterStop: nothing, onCrash: nothing };

/**
 * An actor as the kernel runs it: nact's actor with our mailbox, turns, references and supervision. Name, parent and
 * children are nact's. At most one turn is open at any time, whatever happens: it spans the handler and its promise, and
 * one that ends after its life did is ignored.
 */
export class Cell extends NactActor implements InFlight, Watched {
  declare parent: NactParent | undefined;
  declare children: Map<string, Cell>;
  /**
   * The user lane: messages of others, at most `mailboxMax`. What the actor ordered itself (timers, watch notices, piped
   * results: bounded by how much it ordered) waits in the control lane among the extras and goes first. The system lane
   * (start, stop, restart) holds at most one wish, so it is the `phase`, acted on between two turns.
   */
  declare mailbox: Lane;
  declare reference: LocalRef;
  declare system: ActorSystem;

  /** As it was given at the spawn, unless `refit` has changed it. */
  definition: AnyDefinition;
  readonly args: unknown;
  /** Unique among all spawns of this process: tells namesakes apart. */
  readonly incarnation: number;
  readonly spawnedAtMs: number;
  phase: Phase = PHASE.starting;
  /** Counts the lives: each start and each end begins a new one, and contexts of an older one are void. */
  life = 0;
  open: Turn = TURN.none;
  /** Counts the turns, so that a question can tell whether its asker still waits. */
  turn = 0;
  /** Whether `initialState` has built a state that `afterStop` may release. */
  hasState = false;
  /** Whether the dispatcher holds this cell, and which one it serves after it. */
  queued = false;
  nextQueued: Cell | undefined = undefined;
  /** The message of the open turn, and the ask or timer it came from. */
  message: TaggedMessage | undefined = undefined;
  ask: Ask | undefined = undefined;
  context: CellContext | undefined = undefined;
  handled = 0;
  failed = 0;
  refused = 0;
  restarts = 0;
  firstOpenAsk: Ask | undefined = undefined;
  /** What only few actors need, made when it is needed. */
  extras: CellExtras | undefined = undefined;

  constructor(
    parent: NactParent,
    name: string,
    system: ActorSystem,
    born: { definition: AnyDefinition; args: unknown },
  ) {
    super(parent, name, system, undefined, NACT_PROPERTIES);
    this.definition = born.definition;
    this.args = born.args;
    this.incarnation = system.nextIncarnation();
    this.spawnedAtMs = Math.round(system.clock.nowMs());
    // nact has filled these with a queue, maps and a path reference of its own; ours replace them.
    this.mailbox = new Lane();
    this.childReferences = undefined;
    this.reference = new LocalRef(this);
    this.children = NO_CHILDREN as Map<string, Cell>;
  }

  /** The path, with the names as they are: `/rooms/live$2ffinal`, which reads `/rooms/live/final`; `/` for the root. */
  get pathText(): string {
    const { parent, name } = this;
    if (!(parent instanceof Cell)) return "/";
    return parent.parent instanceof Cell ? `${parent.pathText}/${name}` : `/${name}`;
  }

  get rare(): CellExtras {
    return (this.extras ??= new CellExtras());
  }

  /** Takes a message of somebody else. */
  deliver(message: TaggedMessage, ask: Ask | undefined): Verdict {
    if (this.phase >= PHASE.stopping) {
      this.system.deadLetters.add("actorGone", this.reference.address, message.kind);
      return "gone";
    }
    if (this.mailbox.size >= (this.definition.mailboxMax ?? MAILBOX_MAX)) {
      this.refused++;
      return "busy";
    }
    this.mailbox.push(message, ask, this.system.dispatcher.tick());
    if (ask !== undefined) this.#keepAsk(ask);
    this.wake();
    return "accepted";
  }

  /** Takes a message that this actor ordered itself: bounded by its orders, so never refused, and first in line. */
  deliverOwn(message: TaggedMessage, timer?: NamedTimer): void {
    if (this.phase >= PHASE.stopping) return;
    const control = (this.rare.control ??= new Lane());
    control.push(message, timer, this.system.dispatcher.tick());
    this.wake();
  }

  /** Puts a message back in front of all others, with the question that it asks. */
  putBack(message: TaggedMessage, ask: Ask | undefined): void {
    const front = new Lane();
    front.push(message, ask, this.system.dispatcher.tick());
    this.mailbox.takeInFront(front);
  }

  unwatchedBy(watcher: Watcher): void {
    this.extras?.watchers?.delete(watcher);
  }

  /** Silence is a fault: the watch's deadline has passed without a sign of progress. */
  stalled(watch: StallWatch, fault: Error): void {
    stalled(this, watch, fault);
  }

  /** The watchdog asks the cell that it finds on the stack of a blocked loop. */
  [FLIGHT](): string {
    return flightOf(this);
  }

  /** Lets the mail of others wait, or lets it in again; what this actor ordered itself is handled all the same. */
  shut(isShut: boolean): void {
    this.rare.isShut = isShut;
    if (!isShut) this.wake();
  }

  /** Queues this cell for a turn when it has mail and may handle it. */
  wake(): void {
    if (this.queued) return;
    if (!this.#isReady()) return this.#noteMail();
    this.queued = true;
    this.system.dispatcher.enqueue(this);
  }

  /** Handles up to `max` messages; the dispatcher alone calls it. Answers how many, and leaves `queued` set when more wait. */
  run(max: number): number {
    const { dispatcher } = this.system;
    let count = 0;
    while (count < max && this.#isReady()) {
      const letter = this.extras?.control?.shift() ?? this.mailbox.shift();
      if (letter === undefined) break;
      const { message, origin } = letter;
      dispatcher.mailTick = letter.tick;
      count++;
      if (origin === undefined) this.#turn(message, undefined);
      else if (!(origin instanceof NamedTimer)) this.#turn(message, origin);
      else if (origin.claim()) this.#turn(message, undefined);
    }
    this.queued = this.#isReady();
    this.#noteMail();
    return count;
  }

  /** Whether there is mail and it may be handled. */
  #isReady(): boolean {
    if (this.phase !== PHASE.running || this.open !== TURN.none) return false;
    if (this.mailbox.first !== undefined && this.extras?.isShut !== true) return true;
    return this.extras?.control?.first !== undefined;
  }

  /** Mail is left that is not being handled right now: when it is old, its age is looked at from time to time. */
  #noteMail(): void {
    const { first } = this.mailbox;
    if (first === undefined || this.system.dispatcher.lastTick - first.tick < OLD_MAIL_MS) return;
    this.system.mailAging.note(this);
  }

  #turn(message: TaggedMessage, ask: Ask | undefined): void {
    if (ask?.settled === true) return this.#drop("askEnded", message);
    const handler = this.definition.handlers[message.kind];
    if (handler === undefined) return this.#unhandled(message, ask);
    this.open = TURN.running;
    this.turn = (this.turn + 1) | 0;
    this.message = message;
    this.ask = ask;
    const context = ask === undefined ? this.context : new AskTurnContext(this, ask);
    let result: unknown;
    try {
      result = handler(this.state as never, message as never, context as never);
    } catch (error) {
      return this.#turnFailed(error);
    }
    if (result !== undefined) {
      if (result instanceof Promise) return this.#turnContinues(result);
      this.state = result;
    }
    this.#turnEnded();
  }

  #turnContinues(promise: Promise<unknown>): void {
    const life = this.life;
    this.open = TURN.awaiting;
    beginTurnWatch(this);
    promise.then(
      (result) => {
        if (this.life !== life) return this.#turnIsStale(life);
        endTurnWatch(this);
        if (result !== undefined) this.state = result;
        this.#turnEnded();
        return this.wake();
      },
      (error: unknown) => {
        if (this.life !== life) return this.#turnIsStale(life);
        endTurnWatch(this);
        return this.#turnFailed(error);
      },
    );
    if (this.phase > PHASE.running) boundTurn(this);
  }

  #turnIsStale(life: number): void {
    this.system.staleTurns.count++;
    this.system.zombies.leave(this, life);
  }

  #turnEnded(): void {
    const { ask } = this;
    this.handled++;
    this.open = TURN.none;
    this.message = this.ask = undefined;
    if (ask !== undefined && !ask.settled && !ask.deferred) {
      ask.refuse(new Fault("noReply", { address: ask.to.address }));
    }
    if (this.phase !== PHASE.running) advance(this);
  }

  #turnFailed(error: unknown): void {
    const { message, ask } = this;
    this.open = TURN.none;
    this.message = this.ask = undefined;
    if (message !== undefined) this.#drop("handlerFailed", message);
    ask?.refuse(new Fault("actorFailed", { address: ask.to.address }, { cause: error }));
    fail(this, error, message?.kind);
  }

  #unhandled(message: TaggedMessage, ask: Ask | undefined): void {
    this.#drop("unhandledKind", message);
    ask?.refuse(new Fault("unhandledKind", { address: ask.to.address, kind: message.kind }));
  }

  #drop(reason: "askEnded" | "handlerFailed" | "unhandledKind", message: TaggedMessage): void {
    this.system.deadLetters.add(reason, this.reference.address, message.kind);
  }

  #keepAsk(ask: Ask): void {
    ask.holder = this;
    ask.nextOpen = this.firstOpenAsk;
    if (this.firstOpenAsk !== undefined) this.firstOpenAsk.previousOpen = ask;
    this.firstOpenAsk = ask;
  }

  /** Takes an ended question out of the list of open ones. */
  forgetAsk(ask: Ask): void {
    if (ask.previousOpen === undefined) this.firstOpenAsk = ask.nextOpen;
    else ask.previousOpen.nextOpen = ask.nextOpen;
    if (ask.nextOpen !== undefined) ask.nextOpen.previousOpen = ask.previousOpen;
    ask.holder = ask.previousOpen = ask.nextOpen = undefined;
  }

  // What follows answers to nact: the state is built after the cell is complete, and every way into nact's own
  // scheduling ends in ours.

  override initializeState(): void {}

  override get path(): NactPath {
    return new CellPath(this);
  }

  override set path(_path: NactPath) {}

  override childSpawned(child: Cell): void {
    if (this.children === NO_CHILDREN) this.children = new Map();
    this.children.set(child.name, child);
  }

  override childStopped(child: Cell): void {
    this.children.delete(child.name);
    this.#tellOfStop(child);
    if (this.phase !== PHASE.running) advance(this);
  }

  /** Whoever stops is told no more, and what is thrown here must not keep the child from ending. */
  #tellOfStop(child: Cell): void {
    const { childStopped } = this.definition;
    if (childStopped === undefined || this.phase >= PHASE.stopping) return;
    try {
      this.deliverOwn(childStopped(child.args as never));
    } catch (error) {
      fail(this, error, undefined);
    }
  }

  override dispatch(message: TaggedMessage): void {
    this.deliver(message, undefined);
  }

  override stop(): void {
    beginStop(this);
  }

  override handleFault(_message: unknown, _sender: unknown, error: unknown, child?: Cell): void {
    if (child === undefined) fail(this, error, undefined);
    else callSupervisor(child, error, "crash");
  }
}
