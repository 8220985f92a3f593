import type { AskKind, AskMessage, Own, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { ArgsOf, AskContext, AskOptions, Context, Outcome, ReplyTo } from "../actor/context.ts";
import type { ActorDefinition } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { EntityKind } from "./entity-kind.ts";
import type { Place } from "./place.ts";

type AnyAsk = AskKind<Protocol>;
/** That of a turn; only one that handles a question can be answered. */
type TurnContext = Context<Protocol> & Partial<AskContext<Protocol, AnyAsk>>;

/**
 * The context of a placed actor: the same as any, but that it is reached at its place, and that not a word of it leaves when its node may not act for it any more.
 * What does so throws the Fault `fenced` then.
 */
export class PlacedContext implements AskContext<Protocol, AnyAsk> {
  readonly #context: TurnContext;
  readonly #routing: EntityKind["routing"];

  constructor(context: TurnContext, routing: EntityKind["routing"]) {
    this.#context = context;
    this.#routing = routing;
  }

  get self(): Reference<Protocol> {
    const { cell } = this.#context.self as unknown as LocalRef;
    return (cell.args as Place).reference as Reference<Protocol>;
  }

  get path(): string {
    return this.#context.path;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get log(): Logger {
    return this.#context.log;
  }

  nowMs(): number {
    return this.#context.nowMs();
  }

  wallMs(): number {
    return this.#context.wallMs();
  }

  random(): number {
    return this.#context.random();
  }

  tell<Q extends Protocol>(to: Reference<Q>, message: Tell<Q>): Verdict {
    this.#mayAct("tell");
    return this.#context.tell(to, message);
  }

  ask<Q extends Protocol, K extends AskKind<Q>>(
    to: Reference<Q>,
    message: { readonly kind: K } & AskMessage<Q, K>,
    options?: AskOptions,
  ): Promise<Reply<Q, K>> {
    this.#mayAct("ask");
    return this.#context.ask<Q, K>(to, message, options);
  }

  pipeToSelf<T>(promise: Promise<T>, toMessage: (outcome: Outcome<T>) => Own<Protocol>): void {
    this.#context.pipeToSelf(promise, toMessage);
  }

  spawn<Q extends Protocol, Args>(
    definition: ActorDefinition<Q, Args>,
    name: string,
    ...args: ArgsOf<Args>
  ): Reference<Q> {
    this.#mayAct("spawn");
    return this.#context.spawn(definition, name, ...args);
  }

  stopChild(child: AnyReference): void {
    this.#context.stopChild(child);
  }

  stopSelf(): void {
    this.#context.stopSelf();
  }

  children(): ReadonlyMap<string, AnyReference> {
    return this.#context.children();
  }

  watch(target: AnyReference, message: Own<Protocol>): void {
    this.#context.watch(target, message);
  }

  unwatch(target: AnyReference): void {
    this.#context.unwatch(target);
  }

  startTimer(name: string, delayMs: number, message: Own<Protocol>): void {
    this.#context.startTimer(name, delayMs, message);
  }

  stopTimer(name: string): void {
    this.#context.stopTimer(name);
  }

  beat(note?: string): void {
    this.#context.beat(note);
  }

  stash(): void {
    this.#context.stash();
  }

  unstashAll(): void {
    this.#context.unstashAll();
  }

  reply(reply: Reply<Protocol, AnyAsk>): void {
    this.#mayAct("reply");
    this.#question().reply(reply);
  }

  /** The answer is fenced when it is given, and not when the right to it is taken. */
  replyLater(): ReplyTo<Protocol, AnyAsk> {
    const later = this.#question().replyLater();
    return {
      reply: (reply) => {
        this.#mayAct("reply");
        later.reply(reply);
      },
    };
  }

  /** @throws TypeError in a turn that handles no question */
  #question(): AskContext<Protocol, AnyAsk> {
    if (this.#context.reply === undefined) throw new TypeError(`${this.self.address} was not asked`);
    return this.#context as AskContext<Protocol, AnyAsk>;
  }

  /** @throws Fault `fenced` */
  #mayAct(effect: string): void {
    if (!this.#routing.owners.mayAct()) throw new Fault("fenced", { effect, why: "the lease has lapsed" });
  }
}
