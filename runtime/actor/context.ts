import type { AskKind, AskMessage, Own, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Verdict } from "./actor-ref.ts";
import type { ActorDefinition } from "./define-actor.ts";

/** The settings of one question. */
export interface AskOptions {
  /** How long to wait for the answer, in milliseconds; 5,000 unless told. */
  readonly deadlineMs?: number;
}

/** How a promise ended, as a value. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Error };

/**
 * All that a handler may do to the world. A context belongs to one life of its actor: after a restart or a stop each
 * of its methods throws the `staleTurn` fault, so that what an abandoned promise does late has no effect.
 */
export interface Context<P extends Protocol> {
  readonly self: Reference<P>;
  /** Where the actor stands in the tree: `/rooms/live$2ffinal`. */
  readonly path: string;
  /** Aborted when this life ends; hand it to everything that can be cancelled. */
  readonly signal: AbortSignal;
  readonly log: Logger;

  /** Milliseconds on a clock that never jumps; only differences mean something. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** A number in [0, 1) from the system's source of chance. */
  random(): number;

  /** Sends without waiting. The verdict is the receiver's: what is `busy` was not taken, and nothing is retried. */
  tell<Q extends Protocol>(to: Reference<Q>, message: Tell<Q>): Verdict;
  /**
   * Asks and waits, at most until the deadline. Rejects with a `Fault`: `askTimeout`, `askCycle`, `mailboxFull`, `actorGone`,
   * `actorFailed`, `actorStalled`, `unhandledKind` or `noReply`. A handler that awaits it takes no other message meanwhile; `pipeToSelf` avoids that.
   */
  ask<Q extends Protocol, K extends AskKind<Q>>(
    to: Reference<Q>,
    message: { readonly kind: K } & AskMessage<Q, K>,
    options?: AskOptions,
  ): Promise<Reply<Q, K>>;
  /** Turns a promise's outcome into a message to oneself, so that the actor stays free while it runs. */
  pipeToSelf<T>(promise: Promise<T>, toMessage: (outcome: Outcome<T>) => Own<P>): void;

  /**
   * Starts a child. It is in the tree when this returns; when its initial state threw, its supervisor is already at work.
   * @throws Fault `nameTaken`, or `staleTurn` when this life is already ending
   */
  spawn<Q extends Protocol, Args>(
    definition: ActorDefinition<Q, Args>,
    name: string,
    ...args: ArgsOf<Args>
  ): Reference<Q>;
  /** Asks a child to stop: its own children first, then `afterStop`. Others than children are left alone. */
  stopChild(child: AnyReference): void;
  /** Stops this actor when the running handler has ended. */
  stopSelf(): void;
  /** The name of each child, and where it is reached. */
  children(): ReadonlyMap<string, AnyReference>;

  /**
   * Sends `message` to oneself once, when `target` has stopped; at once when it already has. A second watch replaces the first.
   * An entity has stopped when it leaves memory.
   */
  watch(target: AnyReference, message: Own<P>): void;
  unwatch(target: AnyReference): void;

  /** Sends `message` to oneself in `delayMs`. Starting a running timer replaces it; a restart or stop ends all. */
  startTimer(name: string, delayMs: number, message: Own<P>): void;
  stopTimer(name: string): void;

  /** Says that the actor is at work, and at what: starts its progress deadline and its heartbeat duty anew. */
  beat(note?: string): void;

  /** Puts the current message aside until `unstashAll`. @throws Fault `stashFull` */
  stash(): void;
  /** Puts what was stashed back in front of the mailbox, oldest first. */
  unstashAll(): void;
}

/** The context of a question: it can be answered, once. */
export interface AskContext<P extends Protocol, K extends AskKind<P>> extends Context<P> {
  /** Answers. A second answer throws: it is a bug. */
  reply(reply: Reply<P, K>): void;
  /** Takes the duty to answer out of this turn; the deadline goes on. */
  replyLater(): ReplyTo<P, K>;
}

/** The right to answer one question, also after the turn. */
export interface ReplyTo<P extends Protocol, K extends AskKind<P>> {
  reply(reply: Reply<P, K>): void;
}

/** Arguments of a spawn: none when the definition wants none. */
export type ArgsOf<Args> = [Args] extends [void] ? [] : [args: Args];
