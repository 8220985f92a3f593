import type { AskKind, AskMessage, Protocol, Reply, TaggedMessage, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import { ActorRef } from "../../runtime/actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../../runtime/actor/actor-ref.ts";
import type { ActorDefinition, EndReason } from "../../runtime/actor/define-actor.ts";
import { Fault } from "../../runtime/fault.ts";
import { STASH_MAX } from "../../runtime/kernel/stash.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import type { Effect } from "./effect.ts";
import { KitLife } from "./kit-life.ts";
import { KitTurn } from "./kit-turn.ts";
import type { Mail } from "./kit-turn.ts";
import { LogRecord } from "./log-record.ts";
import type { Probe } from "./probe.ts";

/** How the actor under test is set up. */
export interface Setting {
  /** Where it seems to stand in the tree. */
  readonly path?: string;
  /** What `wallMs` answers at first. */
  readonly startWallMs?: number;
  /** The source of chance; always 0.5 unless given. */
  readonly random?: () => number;
  /** What the same actor of another process has handed over; its first life goes on with that. */
  readonly heirloom?: unknown;
}

type SettingOf<Args> = [Args] extends [void]
  ? [setting?: Setting]
  : [setting: Setting & { readonly args: Args }];

/**
 * Runs a definition's handlers without a kernel: one message at a time, in virtual time, among probes. What a handler
 * does is recorded as data, in order.
 */
export function behaviourKit<P extends Protocol, Args = void>(
  definition: ActorDefinition<P, Args>,
  ...[setting]: SettingOf<Args>
): BehaviourKit<P> {
  return new BehaviourKit(definition as ActorDefinition<P, unknown>, setting ?? {});
}

/** An actor under test. Made by `behaviourKit`. */
export class BehaviourKit<P extends Protocol> {
  readonly clock: VirtualClock;
  readonly log = new LogRecord();
  readonly self: Reference<P>;
  readonly #definition: ActorDefinition<P, unknown>;
  readonly #setting: Setting & { readonly args?: unknown };
  readonly #path: string;
  readonly #children = new Map<string, Probe<Protocol>>();
  readonly #effects: Effect[] = [];
  readonly #mailbox: Mail[] = [];
  /** What the actor ordered itself (timers, watch notices, piped results): first in line. */
  readonly #ownMail: Mail[] = [];
  readonly #stashed: Mail[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  #turn: KitTurn | undefined;
  #failure: Error | undefined;
  #life: KitLife;
  #state: unknown;
  #isStopping = false;

  constructor(definition: ActorDefinition<P, unknown>, setting: Setting & { readonly args?: unknown }) {
    this.#definition = definition;
    this.#setting = setting;
    this.#path = setting.path ?? `/${definition.type}`;
    this.clock = new VirtualClock(setting.startWallMs);
    this.self = new KitSelf<P>(this.#path, (mail) => this.#receive(mail));
    this.#life = this.#begin(setting.heirloom);
  }

  /** The actor's state as it is now. */
  get state(): unknown {
    return this.#state;
  }

  /** What an operator would see of the state. */
  get description(): unknown {
    return this.#definition.describe?.(this.#state as never);
  }

  get isStopped(): boolean {
    return this.#life.signal.aborted;
  }

  /** The names of the timers that run. */
  get timers(): readonly string[] {
    return this.#life.runningTimers;
  }

  /** Whom the actor watches. */
  get watched(): readonly AnyReference[] {
    return this.#life.watchedTargets;
  }

  /** Tells the actor; a sync handler has run when this returns. @throws what the handler throws */
  tell(message: Tell<P>): Verdict {
    const verdict = this.#receive({ message: message, ask: undefined });
    this.#surface();
    return verdict;
  }

  /** Asks the actor. Rejects with the faults of the kernel: `noReply`, `actorFailed`, `actorGone`. */
  ask<K extends AskKind<P>>(message: { readonly kind: K } & AskMessage<P, K>): Promise<Reply<P, K>> {
    return new Promise((resolve, reject) => {
      const answer = (reply: TaggedMessage): void => resolve(reply as Reply<P, K>);
      const ask: OpenAsk = { from: undefined, answer, refuse: reject };
      if (this.#receive({ message, ask }) === "gone") reject(this.#gone());
    });
  }

  /** Lets time pass; timers that fall due on the way are handled. @throws what a handler throws */
  advance(durationMs: number): void {
    this.clock.advance(durationMs);
    this.#surface();
  }

  /** Resolves when no async handler runs and the mailbox is empty. Rejects with what a handler threw. */
  async idle(): Promise<void> {
    // An answer that was given just now needs a turn of the loop to come back.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#turn !== undefined) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    this.#surface();
  }

  /** What the actor would hand over to another process now. */
  dump(): unknown {
    return structuredClone(this.#definition.handOver?.dump(this.#state as never));
  }

  /** The effects since the last call, in order. */
  takeEffects(): Effect[] {
    return this.#effects.splice(0);
  }

  /** The probe that stands for a child. @throws when there is no child of this name and type */
  child<Q extends Protocol>(
    definition: Pick<ActorDefinition<Q>, "protocol" | "type">,
    name: string,
  ): Probe<Q> {
    const child = this.#children.get(name);
    if (child?.protocol !== definition.protocol) {
      throw new Error(`${this.#path} has no ${definition.type} "${name}"`);
    }
    return child as unknown as Probe<Q>;
  }

  /** Lets a probe stop for good: what is sent to it is `gone`, and an actor that watches it is told. */
  stopProbe(probe: AnyReference): void {
    (probe as Probe<Protocol>).verdict = "gone";
    for (const [name, child] of this.#children) if (child === probe) this.#children.delete(name);
    this.#life.notice(probe);
    this.#surface();
  }

  /** What a supervisor does: another life with the same arguments and the same mailbox. Forgives a failure. */
  async restart(): Promise<void> {
    await this.#end("restarting");
    this.#failure = undefined;
    this.#life = this.#begin();
    this.#drain();
  }

  /** Ends the actor for good. */
  async stop(): Promise<void> {
    if (!this.isStopped) await this.#end("stopping");
  }

  #begin(heirloom?: unknown): KitLife {
    const life = new KitLife({
      self: this.self,
      path: this.#path,
      clock: this.clock,
      log: this.log,
      random: this.#setting.random ?? (() => 0.5),
      children: this.#children,
      effects: this.#effects,
      enqueue: (message) => void this.#receive({ message, ask: undefined }, this.#ownMail),
      stash: () => this.#stash(),
      unstash: () => this.#unstash(),
      stopSelf: () => (this.#isStopping = true),
    });
    this.#isStopping = false;
    // What the actor sends itself while it begins waits in the mailbox until there is a state.
    this.#life = life;
    const turn = (this.#turn = new KitTurn({ message: { kind: "begin" }, ask: undefined }, this.#effects));
    const { args } = this.#setting;
    const { handOver, initialState } = this.#definition;
    const state =
      heirloom === undefined
        ? initialState(args, life as never)
        : handOver?.load(heirloom, args, life as never);
    if (state instanceof Promise) this.#awaitState(turn, state);
    else {
      this.#state = state;
      this.#turn = undefined;
    }
    return life;
  }

  /** The state has to be fetched: until it is there, everything waits. */
  #awaitState(turn: KitTurn, promise: Promise<unknown>): void {
    const unlessOver = (end: () => void): void => {
      if (this.#turn === turn) end();
    };
    promise.then(
      (state) => unlessOver(() => this.#finish(turn, state)),
      (error: unknown) => unlessOver(() => this.#fail(turn, error as Error)),
    );
  }

  async #end(reason: EndReason): Promise<void> {
    const life = this.#life;
    this.#isStopping = true;
    this.#children.clear();
    await this.#definition.afterStop?.(this.#state as never, life as never, reason);
    life.end();
    this.#ownMail.splice(0);
    this.#stashed.splice(0).forEach(({ ask }) => ask?.refuse(this.#gone()));
    if (reason === "stopping") this.#mailbox.splice(0).forEach(({ ask }) => ask?.refuse(this.#gone()));
  }

  #receive(mail: Mail, lane = this.#mailbox): Verdict {
    if (this.isStopped) return "gone";
    lane.push(mail);
    this.#drain();
    return "accepted";
  }

  #drain(): void {
    while (this.#turn === undefined && this.#failure === undefined && !this.#isStopping) {
      const mail = this.#ownMail.shift() ?? this.#mailbox.shift();
      if (mail === undefined) return;
      this.#handle(mail);
    }
  }

  #handle(mail: Mail): void {
    const turn = (this.#turn = new KitTurn(mail, this.#effects));
    try {
      const next = this.#call(turn);
      if (!(next instanceof Promise)) return this.#finish(turn, next);
      next.then(
        (state) => this.#finish(turn, state),
        (error: unknown) => this.#fail(turn, error as Error),
      );
    } catch (error) {
      this.#fail(turn, error as Error);
    }
  }

  #call(turn: KitTurn): unknown {
    const { message, ask } = turn.mail;
    const handler = this.#definition.handlers[message.kind];
    if (handler === undefined) throw new Fault("unhandledKind", { kind: message.kind });
    const context = ask === undefined ? this.#life : askContext(this.#life, turn);
    return handler(this.#state as never, message as never, context as never);
  }

  #finish(turn: KitTurn, next: unknown): void {
    if (next !== undefined) this.#state = next;
    turn.end(new Fault("noReply", { path: this.#path, ask: turn.mail.message.kind }));
    this.#turnOver();
  }

  #fail(turn: KitTurn, error: Error): void {
    this.#failure = error;
    turn.end(new Fault("actorFailed", { path: this.#path }, { cause: error }));
    this.#turnOver();
  }

  #turnOver(): void {
    this.#turn = undefined;
    if (this.#isStopping) void this.#end("stopping");
    this.#drain();
    if (this.#turn === undefined) this.#idleWaiters.splice(0).forEach((wake) => wake());
  }

  #stash(): void {
    if (this.#turn === undefined) throw new Error("there is no message to stash");
    if (this.#stashed.length >= (this.#definition.stashMax ?? STASH_MAX)) {
      throw new Fault("stashFull", { path: this.#path });
    }
    this.#stashed.push(this.#turn.mail);
    this.#turn.putAside();
    this.#effects.push({ kind: "stashed", message: this.#turn.mail.message });
  }

  #unstash(): number {
    const stashed = this.#stashed.splice(0);
    this.#mailbox.unshift(...stashed);
    return stashed.length;
  }

  #gone(): Fault {
    return new Fault("actorGone", { path: this.#path });
  }

  #surface(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** The actor's own reference: what is sent to it goes into the kit's mailbox. */
class KitSelf<P extends Protocol> extends ActorRef<P> {
  readonly address: string;
  readonly #receive: (mail: Mail) => Verdict;

  constructor(address: string, receive: (mail: Mail) => Verdict) {
    super();
    this.address = address;
    this.#receive = receive;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return this.#receive({ message, ask });
  }
}

/** The life's context with the right to answer one question. */
function askContext(life: KitLife, turn: KitTurn): unknown {
  const rights: Record<PropertyKey, unknown> = { reply: turn.reply, replyLater: turn.replyLater };
  return new Proxy(life, {
    get(target, name) {
      const value = rights[name] ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
