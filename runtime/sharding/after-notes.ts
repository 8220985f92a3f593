import type {
  AskKind,
  AskMessage,
  Own,
  Protocol,
  Reply,
  TaggedMessage,
  Tell,
} from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { AskContext, AskOptions, Outcome, ReplyTo } from "../actor/context.ts";
import type { AfterAskContext, DecideContext } from "../actor/decision.ts";
import type { AnyDecision } from "../actor/define-entity.ts";
import { reminderOf } from "../reminders/reminder.ts";
import type { Firing, ReminderChange, ReminderTime } from "../reminders/reminder.ts";
import type { Logger } from "../telemetry/logger.ts";

/** The context of a turn; one that asks nothing has no right to answer. */
export type TurnContext = AskContext<Protocol, AskKind<Protocol>>;

type AnyReply = Reply<Protocol, AskKind<Protocol>>;

/** Something that an entity does once its decision is stored. */
export type Effect = (context: TurnContext) => void;

/** The life whose decision is noted down. */
export interface NotedLife {
  /** Its own questions that have no outcome yet. */
  openQuestions: number;
  /** Has an answer that was put off leave in its order: `context` is that of the turn that put it off. */
  answer(effect: Effect, context: TurnContext): void;
  /** The time by which its reminders fall due. */
  dueNowMs(): number;
}

/** Notes down what a decision wants done: it is done once the decision is stored, or never. */
export class AfterNotes implements AfterAskContext<Protocol, AskKind<Protocol>, unknown> {
  readonly effects: Effect[] = [];
  /** A part of the decision itself: stored with it, in this order. */
  readonly reminders: ReminderChange[] = [];
  /** What is answered at once. */
  answer: TaggedMessage | undefined = undefined;
  /** Whether it has to be as durable as the journal can make it, with all before it. */
  isStrongest = false;
  readonly #reads: DecideContext<Protocol, unknown>;
  readonly #turn: TurnContext;
  readonly #life: NotedLife;

  constructor(reads: DecideContext<Protocol, unknown>, turn: TurnContext, life: NotedLife) {
    this.#reads = reads;
    this.#turn = turn;
    this.#life = life;
  }

  get isAnswered(): boolean {
    return this.answer !== undefined;
  }

  get id(): string {
    return this.#reads.id;
  }

  get self(): Reference<Protocol> {
    return this.#reads.self;
  }

  get args(): unknown {
    return this.#reads.args;
  }

  get log(): Logger {
    return this.#reads.log;
  }

  get firing(): Firing | undefined {
    return this.#reads.firing;
  }

  nowMs(): number {
    return this.#reads.nowMs();
  }

  wallMs(): number {
    return this.#reads.wallMs();
  }

  random(): number {
    return this.#reads.random();
  }

  reply(reply: TaggedMessage): void {
    this.answer = reply;
    this.effects.push((context) => context.reply(reply as AnyReply));
  }

  replyLater(): ReplyTo<Protocol, AskKind<Protocol>> {
    const later = this.#turn.replyLater();
    return { reply: (reply) => this.#life.answer(() => later.reply(reply), this.#turn) };
  }

  tell<Q extends Protocol>(to: Reference<Q>, message: Tell<Q>): void {
    this.effects.push((context) => context.tell(to, message));
  }

  ask<Q extends Protocol, K extends AskKind<Q>>(
    to: Reference<Q>,
    message: { readonly kind: K } & AskMessage<Q, K>,
    toMessage: (outcome: Outcome<Reply<Q, K>>) => Own<Protocol>,
    options?: AskOptions,
  ): void {
    this.effects.push((context) => {
      const asked = context.ask<Q, K>(to, message, options);
      this.#life.openQuestions++;
      context.pipeToSelf(asked, (outcome) => {
        this.#life.openQuestions--;
        return toMessage(outcome);
      });
    });
  }

  startTimer(name: string, delayMs: number, message: Own<Protocol>): void {
    this.effects.push((context) => context.startTimer(name, delayMs, message));
  }

  stopTimer(name: string): void {
    this.effects.push((context) => context.stopTimer(name));
  }

  /** All that a decision says, with the state as it is right after its events. */
  takeDown({ reply, reminders = [], durability, after }: AnyDecision, state: never): void {
    this.isStrongest = durability === "strongest";
    for (const order of reminders) {
      if (order.kind === "remind") this.remind(order.name, order, order.message);
      else this.forget(order.name);
    }
    if (reply !== undefined) this.reply(typeof reply === "function" ? reply(state) : reply);
    after?.(state, this as never);
  }

  remind(name: string, when: ReminderTime, message: Own<Protocol>): void {
    const reminder = reminderOf(name, when, message, this.#life.dueNowMs());
    this.reminders.push({ kind: "set", ...reminder });
  }

  forget(name: string): void {
    this.reminders.push({ kind: "forgotten", name });
  }

  watch(target: AnyReference, message: Own<Protocol>): void {
    this.effects.push((context) => context.watch(target, message));
  }

  unwatch(target: AnyReference): void {
    this.effects.push((context) => context.unwatch(target));
  }
}
