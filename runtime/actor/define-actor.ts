import type {
  AskKind,
  AskMessage,
  Own,
  Protocol,
  SelfKind,
  SelfMessage,
  TellKind,
  TellMessage,
} from "../../protocols/protocol.ts";
import type { FaultCode } from "../fault.ts";
import type { Supervision } from "../supervision/restart-policy.ts";
import type { AskContext, Context } from "./context.ts";

/** A handler's result: the next state, or nothing when the state was changed in place or not at all. */
export type Next<State> = State | void | Promise<State | void>;

/**
 * One function for each message kind that may arrive. One mapped type, not an intersection of three: the compiler would
 * give a handler's context the type of all three at once.
 */
export type Handlers<P extends Protocol, State> = {
  readonly [K in TellKind<P> | SelfKind<P> | AskKind<P>]: HandlerOf<P, State, K>;
};

type HandlerOf<P extends Protocol, State, K extends string> =
  K extends AskKind<P>
    ? (state: State, message: AskMessage<P, K>, context: AskContext<P, K>) => Next<State>
    : K extends TellKind<P>
      ? (state: State, message: TellMessage<P, K>, context: Context<P>) => Next<State>
      : K extends SelfKind<P>
        ? (state: State, message: SelfMessage<P, K>, context: Context<P>) => Next<State>
        : never;

/** Why a life ended: the actor stops for good, is started anew, or goes on in another process (nothing to say goodbye for). */
export type EndReason = "stopping" | "restarting" | "handedOver";

/** How an actor's state passes to another process. */
export interface HandOverParts<P extends Protocol, State, Args, Loaded = State> {
  /** The version of the data's shape; only the same one is loaded. */
  readonly version: number;
  /** The state as plain data that can be cloned: no functions, no references. It is taken between two turns, and may note in the state that it was: the move can come to nothing. */
  readonly dump: (state: State) => unknown;
  /** Begins a life in place of `initialState`. When it throws, the actor starts anew. May spawn and start timers. */
  readonly load: (data: unknown, args: Args, context: Context<P>) => Loaded;
}

/** How often an actor promises to beat, and how many beats in a row it may miss: 1 unless given. */
export interface HeartbeatDuty {
  readonly everyMs: number;
  readonly grace?: number;
}

/** What the author of an actor writes. */
export interface ActorParts<P extends Protocol, State, Args> {
  readonly protocol: P;
  /** The name of the kind of actor in the tree; the protocol's name unless given. */
  readonly type?: string;
  /**
   * Builds the state of a new life, also after a restart, from the arguments of the spawn. May spawn and start timers. A promise is
   * awaited before the life begins; meanwhile the mail waits.
   */
  readonly initialState: (args: Args, context: Context<P>) => State | Promise<State>;
  readonly handlers: Handlers<P, State>;
  /** Releases what the state holds, after all children have stopped. Awaited, at most `stopWithinMs`. */
  readonly afterStop?: (state: State, context: Context<P>, reason: EndReason) => void | Promise<void>;
  /**
   * What this actor tells itself when a child has stopped, by what that was started with. For parents of very many: a watch of each costs
   * more memory than a small child.
   */
  readonly childStopped?: (args: never) => Own<P>;
  /** What an operator sees of the state, as plain data without secrets; called only when somebody looks. */
  readonly describe?: (state: State) => Readonly<Record<string, unknown>>;
  /** How this actor supervises its children. */
  readonly supervision?: Partial<Supervision>;
  /**
   * How long an async turn may go on without progress before the actor counts as stalled; each `context.beat` starts it
   * anew. 30,000 ms unless given; `Infinity` switches the watch off.
   */
  readonly progressWithinMs?: number;
  /** How long mail may wait before operators are told, 10,000 ms unless given; `Infinity` for ever. */
  readonly mailWithinMs?: number;
  /** A duty to call `context.beat` also while there is no mail: for actors that make their own work. */
  readonly heartbeat?: HeartbeatDuty;
  /** `temporary` actors are never started again, neither after a crash of theirs nor for a sibling's; the others are `permanent`. */
  readonly restart?: "permanent" | "temporary";
  /** The node does not serve without it and nothing else spawns it again: operators may not stop or drain it. */
  readonly essential?: true;
  /** Passes the state on when the process is replaced; without it the actor starts anew there. */
  readonly handOver?: HandOverParts<P, State, Args>;
  /** How many messages of others may wait, 10,000 unless given; the next one is answered `busy`. */
  readonly mailboxMax?: number;
  /** How many messages may be stashed, 1,000 unless given. */
  readonly stashMax?: number;
  /** How long a running turn and `afterStop` may each hold up a stop, 5,000 ms unless given. */
  readonly stopWithinMs?: number;
}

/** An actor's definition: data that a supervisor can start, any number of times. The state's type stays inside. */
export interface ActorDefinition<P extends Protocol, Args = void> extends Omit<
  ActorParts<P, never, Args>,
  "initialState" | "handlers" | "handOver"
> {
  readonly type: string;
  /** A promise is awaited before the life begins: an entity has to be loaded. */
  readonly initialState: (args: Args, context: Context<P>) => unknown;
  /** Finishes what was begun outside of turns before a life ends, while its context still counts; awaited at most `stopWithinMs`. */
  readonly settle?: (state: never) => Promise<void> | undefined;
  /** What a question is told that still waits when the actor stops; `actorGone` unless given. */
  readonly goneCode?: FaultCode;
  readonly handOver?: HandOverParts<P, never, Args, unknown>;
  readonly handlers: Readonly<Record<string, Handler>>;
}

/** Any definition, as the kernel holds it: protocol and arguments were checked where it was spawned. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyDefinition = ActorDefinition<any, any>;

/** A handler as the kernel calls it; its types were checked where it was written. */
export type Handler = (state: never, message: never, context: never) => unknown;

/**
 * Defines an actor: its protocol, its state, and one handler for each message kind. That all kinds are handled, that
 * replies fit and that timer messages exist is checked by the compiler.
 */
export function defineActor<P extends Protocol, State, Args = void>(
  parts: ActorParts<P, State, Args>,
): ActorDefinition<P, Args> {
  // Without a prototype, a message whose kind is "constructor" finds no handler.
  const handlers: Record<string, Handler> = Object.assign(Object.create(null), parts.handlers);
  return { ...parts, type: parts.type ?? parts.protocol.name, handlers };
}
