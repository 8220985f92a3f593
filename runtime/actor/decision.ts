import type { AnyEvent, Events } from "../../protocols/events.ts";
import type { AskKind, AskMessage, Own, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Firing, ReminderTime } from "../reminders/reminder.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { AskOptions, Outcome, ReplyTo } from "./context.ts";

/** What an entity may look at while it decides: nothing here acts. */
export interface DecideContext<P extends Protocol, Args = void> {
  /** Which one of its type this entity is. */
  readonly id: string;
  readonly self: Reference<P>;
  /** What its type was offered with. */
  readonly args: Args;
  readonly log: Logger;
  /** The reminder that this message comes from; undefined for any other message. */
  readonly firing: Firing | undefined;
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** A number in [0, 1) from the system's source of chance. */
  random(): number;
}

/**
 * What an entity may do to the world once its decision is stored. All of it is noted down now and done then, in this
 * order; when the decision cannot be stored, none of it is. What it is given must not be a part of the state that changes later.
 */
export interface AfterContext<P extends Protocol, Args = void> extends DecideContext<P, Args> {
  /** Sends; whether it was taken is not told. */
  tell<Q extends Protocol>(to: Reference<Q>, message: Tell<Q>): void;
  /** Asks, and makes the outcome a message to oneself. */
  ask<Q extends Protocol, K extends AskKind<Q>>(
    to: Reference<Q>,
    message: { readonly kind: K } & AskMessage<Q, K>,
    toMessage: (outcome: Outcome<Reply<Q, K>>) => Own<P>,
    options?: AskOptions,
  ): void;
  /** Sends `message` to oneself in `delayMs`, unless the entity stops or restarts before. While a timer runs, the entity stays in memory. */
  startTimer(name: string, delayMs: number, message: Own<P>): void;
  stopTimer(name: string): void;
  /**
   * Has the entity told `message` at a time, wherever it is then: a timer that is stored with the decision, survives restarts, and does not keep the entity
   * in memory. Setting one that is set already replaces it. It comes at least once, as a decision of its own, and has one effect: what is stored
   * of that decision ends the reminder, or moves it to its next time. When several times have passed it comes once (`context.firing`).
   * @throws RangeError for a time that is none
   */
  remind(name: string, when: ReminderTime, message: Own<P>): void;
  /** Once this is stored, the reminder does not come any more. */
  forget(name: string): void;
  /** Sends `message` to oneself once, when `target` has stopped. While it watches, the entity stays in memory. */
  watch(target: AnyReference, message: Own<P>): void;
  unwatch(target: AnyReference): void;
}

/** The same for a question, which can be answered. */
export interface AfterAskContext<P extends Protocol, K extends AskKind<P>, Args = void> extends AfterContext<
  P,
  Args
> {
  reply(reply: Reply<P, K>): void;
  /** Takes the duty to answer out of this decision; the deadline goes on. An answer given in a later decision leaves with what that one says. */
  replyLater(): ReplyTo<P, K>;
}

/** A change of a reminder as data: what `remind` and `forget` of an `AfterContext` say. */
export type ReminderOrder<P extends Protocol> =
  | ({ readonly kind: "remind"; readonly name: string; readonly message: Own<P> } & ReminderTime)
  | { readonly kind: "forget"; readonly name: string };

/**
 * `strongest`: stored as durably as the journal can, so by a replica where there is one. For what moves from one entity to another: a failover may make an entity forget
 * its latest decisions, but not those on which another one has built. A decision without events says it of all before it: for who answers that something was done already.
 * As its type asks unless given.
 */
export type DecisionDurability = "strongest";

/** What an entity decided about a message that nobody waits for. */
export interface TellDecision<P extends Protocol, E extends Events, State, Args> {
  /** What has happened by that, stored together or not at all. */
  readonly events?: readonly AnyEvent<E>[];
  /** What becomes of its reminders, stored together with the events. */
  readonly reminders?: readonly ReminderOrder<P>[];
  readonly durability?: DecisionDurability;
  /** What is to be done once that is stored, with the state as it is right after these events. */
  readonly after?: (state: State, context: AfterContext<P, Args>) => void;
}

/** What an entity decided about a question. It has a `reply`, or an `after` that answers. */
export type AskDecision<P extends Protocol, E extends Events, State, Args, K extends AskKind<P>> =
  | (AskParts<P, E, State, Args, K> & Answer<P, State, K>)
  | (Required<Pick<AskParts<P, E, State, Args, K>, "after">> &
      Pick<AskParts<P, E, State, Args, K>, "events" | "reminders" | "durability"> & {
        readonly reply?: undefined;
      });

interface AskParts<P extends Protocol, E extends Events, State, Args, K extends AskKind<P>> {
  readonly events?: readonly AnyEvent<E>[];
  readonly reminders?: readonly ReminderOrder<P>[];
  readonly durability?: DecisionDurability;
  readonly after?: (state: State, context: AfterAskContext<P, K, Args>) => void;
}

interface Answer<P extends Protocol, State, K extends AskKind<P>> {
  /**
   * The answer, or what makes it of the state right after these events. It leaves once they are stored, so it must not hold a part
   * of the state that changes later.
   */
  readonly reply: Reply<P, K> | ((state: State) => Reply<P, K>);
}
