import type { EventKind, EventOf, Events } from "../../protocols/events.ts";
import type {
  AskKind,
  AskMessage,
  Protocol,
  SelfKind,
  SelfMessage,
  TaggedMessage,
  TellKind,
  TellMessage,
} from "../../protocols/protocol.ts";
import type { Durability } from "../persistence/journal.ts";
import type {
  AskDecision,
  DecideContext,
  DecisionDurability,
  ReminderOrder,
  TellDecision,
} from "./decision.ts";

/** How long an entity that nobody needs stays in memory unless its definition says otherwise, in milliseconds. */
const PASSIVATE_AFTER_MS = 60_000;

/**
 * One function for each message kind: it turns a message into what has happened by it, and changes nothing itself. (One that
 * names events and needs no parameter is written `(_state) => ...`: the compiler looks at functions without any too early.)
 */
export type Decide<P extends Protocol, E extends Events, State, Args> = {
  readonly [K in TellKind<P> | SelfKind<P> | AskKind<P>]: DecideOf<P, E, State, Args, K>;
};

type DecideOf<P extends Protocol, E extends Events, State, Args, K extends string> =
  K extends AskKind<P>
    ? (
        state: State,
        message: AskMessage<P, K>,
        context: DecideContext<P, Args>,
      ) => AskDecision<P, E, State, Args, K>
    : K extends TellKind<P>
      ? (
          state: State,
          message: TellMessage<P, K>,
          context: DecideContext<P, Args>,
        ) => TellDecision<P, E, State, Args> | void
      : K extends SelfKind<P>
        ? (
            state: State,
            message: SelfMessage<P, K>,
            context: DecideContext<P, Args>,
          ) => TellDecision<P, E, State, Args> | void
        : never;

/** One function for each event kind: folds it into the state, in place or into the one that it returns, and acts on nothing. */
export type Evolve<E extends Events, State> = {
  readonly [K in EventKind<E>]: (state: State, event: EventOf<E, K>) => State | void;
};

/** How a state is stored, so that a load need not begin at the first event. */
export interface SnapshotParts<State, Args> {
  /** The version of the data's shape. */
  readonly version: number;
  /** The state as plain data. */
  readonly dump: (state: State) => unknown;
  /** The state that the data stands for. When it throws, the entity is replayed from its first event, if that is still there. */
  readonly load: (data: unknown, id: string, args: Args) => State;
  /** For each earlier version that can be lifted, the step to the version after it. */
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>;
  /** After how many records another one is made; one is also made when the entity leaves memory. */
  readonly everyRecords: number;
  /** Keeps the records that a snapshot makes needless, all or so many of the latest, so that the history can be read page by page. */
  readonly keepHistory?: true | number;
}

/** What the author of an entity writes. */
export interface EntityParts<P extends Protocol, E extends Events, State, Args> {
  readonly protocol: P;
  readonly events: E;
  /** The name of the kind of entity, in addresses and in the journal: letters, digits and dashes; the protocol's name unless given. */
  readonly type?: string;
  /** In a cluster it is placed on nodes of this role; `entities` unless given. */
  readonly role?: string;
  /** What services outside of the cluster may say to it through the gateway, by kind; nothing unless given. */
  readonly forServices?: readonly (TellKind<P> | AskKind<P>)[];
  /** The state of an entity to which nothing has happened yet. */
  readonly initialState: (id: string, args: Args) => State;
  readonly decide: Decide<P, E, State, Args>;
  readonly evolve: Evolve<E, State>;
  readonly snapshot?: SnapshotParts<State, Args>;
  /** What a stored decision has to survive before anybody sees it: `fsync` unless given. */
  readonly durability?: Durability;
  /** How long it stays in memory when nobody needs it, 60,000 ms unless given. */
  readonly passivateAfterMs?: number;
  /** Forgets what is stored of it when nobody has needed it for so long: for what is of the moment. One that only moves, or makes room, stays stored. */
  readonly isForgottenWhenIdle?: true;
  /** What an operator sees of the state, as plain data without secrets; called only when somebody looks. */
  readonly describe?: (state: State) => Readonly<Record<string, unknown>>;
  /** How long a load or an append may take before the entity counts as stalled; 30,000 ms unless given. */
  readonly progressWithinMs?: number;
  /** How many messages may wait, 10,000 unless given; the next one is answered `busy`. */
  readonly mailboxMax?: number;
}

/** A decision of any entity, as the runtime reads it. */
export interface AnyDecision {
  readonly events?: readonly TaggedMessage[];
  readonly reminders?: readonly ReminderOrder<Protocol>[];
  readonly durability?: DecisionDurability;
  readonly reply?: TaggedMessage | ((state: never) => TaggedMessage);
  readonly after?: (state: never, context: never) => void;
}

/** An entity's definition: data from which any number of entities can be run. The types of state and events stay inside. */
export interface EntityDefinition<P extends Protocol, Args = void> extends Omit<
  EntityParts<P, Events, never, Args>,
  "initialState" | "decide" | "evolve" | "snapshot"
> {
  readonly type: string;
  readonly initialState: (id: string, args: Args) => unknown;
  readonly decide: Readonly<
    Record<string, (state: never, message: never, context: never) => AnyDecision | void>
  >;
  readonly evolve: Readonly<Record<string, (state: never, event: never) => unknown>>;
  readonly snapshot?: Omit<SnapshotParts<never, Args>, "load"> & {
    readonly load: (data: unknown, id: string, args: Args) => unknown;
  };
  readonly durability: Durability;
  readonly passivateAfterMs: number;
}

/** Any definition, as the runtime holds it: protocol and arguments were checked where it was offered. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyEntityDefinition = EntityDefinition<any, any>;

/**
 * Defines an entity: an actor whose state is the fold of stored events, and that nobody sees doing what is not stored. That each
 * message is decided, each event folded and each question answered in its own words is checked by the compiler.
 */
export function defineEntity<P extends Protocol, E extends Events, State, Args = void>(
  parts: EntityParts<P, E, State, Args>,
): EntityDefinition<P, Args> {
  return {
    durability: "fsync",
    passivateAfterMs: PASSIVATE_AFTER_MS,
    ...parts,
    type: parts.type ?? parts.protocol.name,
    // Without a prototype, nothing is found for a kind such as "constructor".
    decide: Object.assign(Object.create(null), parts.decide) as EntityDefinition<P, Args>["decide"],
    evolve: Object.assign(Object.create(null), parts.evolve) as EntityDefinition<P, Args>["evolve"],
  };
}
