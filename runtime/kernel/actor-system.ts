import type { NactPath } from "nact/lib/actor.js";
import { start as startNact } from "nact/lib/system.js";
import type { NactRoot } from "nact/lib/system.js";
import { randomUUID } from "node:crypto";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { AskKind, AskMessage, Protocol, Reply, TaggedMessage, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { ActorRef, Verdict } from "../actor/actor-ref.ts";
import type { ArgsOf, AskOptions } from "../actor/context.ts";
import { defineActor } from "../actor/define-actor.ts";
import type { ActorDefinition, AnyDefinition } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import type { Supervision } from "../supervision/restart-policy.ts";
import { SILENT } from "../telemetry/silent-log.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import { ActiveClock } from "../time/active-clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { SystemClock } from "../time/system-clock.ts";
import { PromisedAsk, UnheardAsk } from "./ask.ts";
import type { Ask, Asker } from "./ask.ts";
import { refusalOf } from "./ask-refusal.ts";
import { Cell } from "./cell.ts";
import { DeadLetters } from "./dead-letters.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Schedule } from "./dispatcher.ts";
import type { Heirloom } from "./heirloom.ts";
import { Inheritance } from "./inheritance.ts";
import { start } from "./life.ts";
import { MailAging } from "./mail-aging.ts";
import { PHASE } from "./phase.ts";
import { Quarantine } from "./quarantine.ts";
import type { Quarantined } from "./quarantine.ts";
import { StallLog } from "./stall-log.ts";
import { StateDump } from "./state-dump.ts";
import type { DumpOptions } from "./state-dump.ts";
import { Steering } from "./steering.ts";
import { Traces } from "./traces.ts";
import { describeTree, findCell } from "./tree-node.ts";
import type { TreeNode, TreeQuery } from "./tree-node.ts";
import { whyOf } from "./why.ts";
import type { Why } from "./why.ts";
import { ZombieLedger } from "./zombie-ledger.ts";

/** How long an ask waits unless it says otherwise, in milliseconds. */
export const ASK_DEADLINE_MS = 5_000;

/** What a system is built from; everything has a default for production. */
export interface ActorSystemOptions {
  /** The node's name, as operators see it. */
  readonly name: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Numbers in [0, 1); chance in supervision comes from here alone. */
  readonly random?: () => number;
  readonly schedule?: Schedule;
  /** How the root supervises the actors directly under it. */
  readonly supervision?: Partial<Supervision>;
  /** Called once when the root itself fails: the tree can no longer help itself, so the process should end. */
  readonly onFailure?: (error: unknown) => void;
}

const RootProtocol = defineProtocol({ name: "root", version: 1 });

/** One tree of actors in one process. */
export class ActorSystem {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly deadlines: Deadlines;
  readonly dispatcher: Dispatcher;
  readonly deadLetters: DeadLetters;
  /** Effects and results of turns whose life had ended. */
  readonly staleTurns = { count: 0 };
  /** Time in which the process could act; the deadlines of actors that must not fall silent run on it. */
  readonly activeClock: ActiveClock;
  readonly activeDeadlines: Deadlines;
  readonly stalls: StallLog;
  readonly quarantine: Quarantine;
  readonly zombies: ZombieLedger;
  /** Notices mail that waits for too long. */
  readonly mailAging: MailAging;
  /** What actors of an earlier process have left to those of this one. */
  readonly inheritance: Inheritance;
  /** What operators do to actors. */
  readonly steering: Steering;
  readonly traces: Traces;
  /** What nact checks names with. */
  readonly emptyPath: NactPath;
  readonly root: Cell;
  readonly #stateDump: StateDump;
  readonly #nact: NactRoot;
  readonly #onFailure: (error: unknown) => void;
  readonly #whenStopped: (() => void)[] = [];
  #incarnation = 0;
  #actorCount = 0;

  constructor(options: ActorSystemOptions) {
    this.name = options.name;
    this.clock = options.clock ?? new SystemClock();
    this.log = options.log ?? SILENT;
    this.random = options.random ?? Math.random;
    this.#onFailure = options.onFailure ?? (() => {});
    this.deadlines = new Deadlines(this.clock);
    this.activeClock = new ActiveClock(this.clock);
    this.activeDeadlines = new Deadlines(this.activeClock);
    this.stalls = new StallLog();
    this.quarantine = new Quarantine();
    this.zombies = new ZombieLedger(this.clock);
    this.mailAging = new MailAging(this);
    this.inheritance = new Inheritance(this);
    this.traces = new Traces(this);
    this.#stateDump = new StateDump(this);
    this.deadLetters = new DeadLetters(this.clock);
    this.dispatcher = new Dispatcher(this.clock, options.schedule ?? ((task) => void setImmediate(task)));
    this.#nact = startNactRoot();
    this.emptyPath = this.#nact.path;
    const definition = defineActor({
      protocol: RootProtocol,
      initialState: () => undefined,
      handlers: {},
      ...(options.supervision === undefined ? {} : { supervision: options.supervision }),
    });
    this.root = new Cell(this.#nact, "root", this, {
      definition: definition as AnyDefinition,
      args: undefined,
    });
    this.steering = new Steering(this.root);
    start(this.root);
  }

  /** How many actors there are, the root included. */
  get actorCount(): number {
    return this.#actorCount;
  }

  /** Starts an actor directly under the root. @throws Fault `nameTaken`, `systemStopping` */
  spawn<P extends Protocol, Args>(
    definition: ActorDefinition<P, Args>,
    name: string,
    ...args: ArgsOf<Args>
  ): Reference<P> {
    return this.spawnUnder(this.root, definition, name, args[0]);
  }

  /** Sends from outside of any actor. */
  tell<P extends Protocol>(to: Reference<P>, message: Tell<P>): Verdict {
    return (to as ActorRef<P>).deliver(message, undefined);
  }

  /** Asks from outside of any actor; see `Context.ask`. */
  ask<P extends Protocol, K extends AskKind<P>>(
    to: Reference<P>,
    message: { readonly kind: K } & AskMessage<P, K>,
    options?: AskOptions,
  ): Promise<Reply<P, K>> {
    return this.put(to, message, options, undefined) as Promise<Reply<P, K>>;
  }

  /** For doors, at the beginning of a read: what is told until `pump` costs no macrotask of its own. Answers the time. */
  hold(): number {
    return this.dispatcher.hold();
  }

  /** Gives the queued actors their turns now, within the time budget. For doors, at the end of a read. */
  pump(): void {
    this.dispatcher.pump();
  }

  /** The tree as operators see it, or a part of it; undefined when `path` leads nowhere. */
  describe(query: TreeQuery = {}): TreeNode | undefined {
    return describeTree(this.root, query);
  }

  /** What went wrong with an actor of late, and what its supervisor would do next; undefined when `path` leads nowhere. */
  why(path: string): Why | undefined {
    return whyOf(this.root, path);
  }

  /**
   * Takes the state of all actors that opted in, for another process: each is frozen between two turns, as soon as it has
   * no mail or time is up, and takes no turn from then on. Parents first.
   */
  dump(options: DumpOptions): Promise<Heirloom[]> {
    return this.#stateDump.dump(options);
  }

  /** The same for one actor, now; undefined when it has not opted in, is in a turn, or has mail. */
  dumpOne(path: string): Heirloom | undefined {
    return this.#stateDump.dumpOne(path);
  }

  /** Lets frozen actors go on, all of them or the one at a path: their state stays here after all. */
  thaw(path?: string): void {
    this.#stateDump.thaw(path);
  }

  /** Takes over what was dumped elsewhere; resolves when all heirs that run already have begun their life with it. */
  inherit(heirlooms: readonly Heirloom[]): Promise<void> {
    return this.inheritance.inherit(heirlooms);
  }

  /** Suspends again who was suspended, drops what nobody has inherited, and answers how much that was. */
  endInheritance(): number {
    return this.inheritance.end();
  }

  /** Sends a quarantined message to the actor at its path once more, and lets it go if it is taken. */
  replay({ id, path, message }: Quarantined): Verdict {
    const cell = findCell(this.root, path);
    const verdict = cell?.deliver(message, unheardAsk(cell, message)) ?? "gone";
    if (verdict === "accepted") this.quarantine.drop(id);
    return verdict;
  }

  /** Stops every actor, children before parents, and resolves when the last `afterStop` has ended or run out of time. */
  async stop(): Promise<void> {
    if (this.root.phase === PHASE.stopped) return;
    const stopped = new Promise<void>((resolve) => this.#whenStopped.push(resolve));
    this.root.stop();
    await stopped;
  }

  // For the kernel alone.

  nextIncarnation(): number {
    this.#actorCount++;
    return ++this.#incarnation;
  }

  /** What nact calls for each actor; actors log through their context. */
  createLogger(): undefined {
    return undefined;
  }

  spawnUnder<P extends Protocol, Args>(
    parent: Cell,
    definition: ActorDefinition<P, Args>,
    name: string,
    args: unknown,
  ): Reference<P> {
    if (parent.phase > PHASE.running || parent.children.has(name)) throw this.#spawnFault(parent, name);
    const cell = new Cell(parent, name, this, { definition: definition as AnyDefinition, args });
    start(cell);
    return cell.reference as AnyReference;
  }

  #spawnFault(parent: Cell, name: string): Fault {
    const place = { parent: parent.pathText, name };
    if (parent.phase <= PHASE.running) return new Fault("nameTaken", place);
    return new Fault(parent === this.root ? "systemStopping" : "staleTurn", place);
  }

  /** Puts a question and keeps its end: answer, fault or deadline. */
  put(
    to: AnyReference,
    message: TaggedMessage,
    options: AskOptions | undefined,
    asker: Asker | undefined,
  ): Promise<TaggedMessage> {
    const deadlineMs = options?.deadlineMs ?? ASK_DEADLINE_MS;
    const ask = new PromisedAsk(to as ActorRef<Protocol>, deadlineMs, asker);
    this.putAsk(ask, message);
    return ask.promise;
  }

  /** Puts a question that is made already. */
  putAsk(ask: Ask, message: TaggedMessage): void {
    const { to } = ask;
    const verdict = ask.isCycle() ? "cycle" : to.deliver(message, ask);
    if (verdict === "accepted") this.awaitAnswer(ask);
    else ask.refuse(new Fault(refusalOf(verdict, to), { address: to.address, kind: message.kind }));
  }

  /** Lets the deadline of a question that was taken begin; a receiver that is no actor may have answered already. */
  awaitAnswer(ask: Ask): void {
    if (!ask.settled) this.deadlines.add(ask, ask.deadlineMs);
  }

  onStopped(cell: Cell): void {
    this.#actorCount--;
    if (cell !== this.root) return;
    this.deadlines.clear();
    this.activeDeadlines.clear();
    this.#nact.stop();
    for (const resolve of this.#whenStopped) resolve();
  }

  onRootFailed(error: unknown): void {
    this.log.fatal("node.failed", { err: error });
    this.#onFailure(error);
  }
}

/** The ask of a question whose asker has long been refused. */
function unheardAsk({ definition, reference }: Cell, { kind }: TaggedMessage): Ask | undefined {
  if (!Object.hasOwn((definition.protocol as Protocol).ask, kind)) return undefined;
  return new UnheardAsk(reference, Number.POSITIVE_INFINITY, undefined);
}

// nact keeps its systems in one table of the process by name, so each of ours takes a name of its own.
function startNactRoot(): NactRoot {
  let root: NactRoot | undefined;
  startNact({ name: randomUUID() }, (system) => {
    root = system;
  });
  if (root === undefined) throw new TypeError("nact started no system");
  return root;
}
