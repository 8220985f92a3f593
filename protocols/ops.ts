import Type from "typebox";
import type { Fields } from "./protocol.ts";

/** What the operators' port answers, field by field: its documentation is made from this, and tests hold answers against it. */

const path = Type.String({ description: "where the actor stands in the tree" });

const lastFailure = Type.Object({
  atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
  message: Type.String(),
  kind: Type.Optional(Type.String({ description: "the kind of the message that was being handled" })),
  stack: Type.Optional(Type.String()),
  cause: Type.Optional(Type.String({ description: "crash or stall" })),
});

const pulse = Type.Object({
  progressWithinMs: Type.Optional(
    Type.Number({
      description:
        "how long an async turn may go on without progress, in milliseconds; left out when that is switched off",
    }),
  ),
  openTurn: Type.Optional(
    Type.Object(
      {
        kind: Type.String(),
        leftMs: Type.Optional(Type.Number({ description: "how long it may still go on without progress" })),
        busyMs: Type.Number({ description: "how long it has gone on" }),
      },
      { description: "the turn whose promise is pending" },
    ),
  ),
  heartbeat: Type.Optional(
    Type.Object(
      {
        everyMs: Type.Number(),
        withinMs: Type.Number({ description: "with the beats that may be missed" }),
        leftMs: Type.Number(),
      },
      { description: "its heartbeat duty" },
    ),
  ),
  lastBeat: Type.Optional(
    Type.Object({ atMs: Type.Number(), ageMs: Type.Number(), note: Type.Optional(Type.String()) }),
  ),
  stalls: Type.Integer({ description: "how often it has fallen silent" }),
});

const budget = Type.Object({
  left: Type.Integer({ description: "restarts that are still forgiven" }),
  max: Type.Integer(),
  withinMs: Type.Number({ description: "the window in which they are counted, in milliseconds" }),
});

/** An actor as operators see it. */
export const ActorFields = {
  name: Type.String(),
  path,
  type: Type.String({ description: "what kind of actor it is" }),
  state: Type.String({
    description:
      "starting, running, draining, suspended, restarting, waiting (for its restart), stopping or stopped",
  }),
  incarnation: Type.Integer({ description: "the number of this actor among all that the node has started" }),
  mailbox: Type.Object({
    depth: Type.Integer({ description: "messages that wait" }),
    oldestAgeMs: Type.Number({ description: "how long the head of the queue has waited, in milliseconds" }),
  }),
  handled: Type.Integer({ description: "messages handled" }),
  failed: Type.Integer({ description: "how often it failed: a handler threw, or it fell silent" }),
  refused: Type.Integer({ description: "messages answered busy because the mailbox was full" }),
  restarts: Type.Integer(),
  restart: Type.Enum(["permanent", "temporary"], { description: "temporary: it is never started again" }),
  supervision: Type.Object(
    { strategy: Type.Enum(["oneForOne", "allForOne", "restForOne"]) },
    { description: "how it supervises its children" },
  ),
  budgets: Type.Object(
    { crash: budget, stall: budget },
    { description: "what its supervisor still forgives, by cause" },
  ),
  strikes: Type.Optional(
    Type.Object(
      { kind: Type.String(), count: Type.Integer() },
      { description: "the message on which it has stalled, and how often" },
    ),
  ),
  pulse,
  lastFailure: Type.Optional(lastFailure),
  uptimeMs: Type.Number({ description: "since it was started, in milliseconds" }),
  details: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: "what the actor tells of its state" }),
  ),
  childCount: Type.Integer(),
  truncated: Type.Optional(
    Type.Boolean({ description: "the answer is full, so that actors are missing from it" }),
  ),
  children: Type.Optional(
    Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      description: "actors of the same shape, down to the depth asked for",
    }),
  ),
} as const satisfies Fields;

/** One message that was not handled. */
const DeadLetterFields = {
  atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
  to: Type.String({ description: "the address it was sent to" }),
  kind: Type.String({ description: "the kind of the message; its content is not kept" }),
  reason: Type.String(),
} as const satisfies Fields;

/** Messages that were not handled, counted and listed. */
export const DeadLettersFields = {
  total: Type.Integer({ description: "since the node started" }),
  counts: Type.Record(Type.String(), Type.Integer(), { description: "by reason" }),
  recent: Type.Array(Type.Object(DeadLetterFields), { description: "newest first" }),
} as const satisfies Fields;

/** One stall. */
export const StallFields = {
  atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
  path,
  type: Type.String(),
  silence: Type.String({
    description:
      "turn: an open turn made no progress; heartbeat: a duty was missed; work: what was begun outside of a turn made no progress, such as a write; loop: the event loop was held",
  }),
  deadlineMs: Type.Number({ description: "the time that passed without a sign of life, in milliseconds" }),
  kind: Type.Optional(Type.String({ description: "the kind of the message whose turn was open" })),
  note: Type.Optional(Type.String({ description: "the actor's last word" })),
  strikes: Type.Integer({ description: "how often this message has stalled its actor" }),
} as const satisfies Fields;

/** Who fell silent, and the turns that were given up because of it. */
export const StallsFields = {
  total: Type.Integer({ description: "since the node started" }),
  recent: Type.Array(Type.Object(StallFields), { description: "newest first" }),
  zombies: Type.Array(
    Type.Object({
      type: Type.String(),
      count: Type.Integer(),
      oldestMs: Type.Number(),
      retainedBytes: Type.Optional(Type.Number({ description: "what they hold at least, estimated" })),
    }),
    { description: "turns that were given up and have not ended, by type of actor" },
  ),
} as const satisfies Fields;

/** One message that was put aside. */
export const QuarantinedFields = {
  id: Type.Integer(),
  atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
  path,
  kind: Type.String({ description: "the kind of the message; its content is not shown" }),
  handler: Type.String({ description: "the type of actor and the handler" }),
  fingerprint: Type.String({ description: "equal for equal content" }),
  strikes: Type.Integer(),
  note: Type.Optional(Type.String({ description: "the actor's last word" })),
} as const satisfies Fields;

/** Messages that were put aside, told without their content. */
export const QuarantineFields = {
  total: Type.Integer({ description: "how many are held" }),
  evicted: Type.Integer({ description: "how many were given up to make room" }),
  messages: Type.Array(Type.Object(QuarantinedFields), { description: "newest first" }),
} as const satisfies Fields;

/** What an operator decides about one of them. */
export const QuarantineActFields = {
  id: Type.Integer({ minimum: 1 }),
  act: Type.Enum(["replay", "drop"], { description: "replay: to the actor at its path, once more" }),
} as const satisfies Fields;

/** What became of it. */
export const QuarantineVerdictFields = {
  id: Type.Integer(),
  became: Type.Enum(["replayed", "dropped"]),
} as const satisfies Fields;

/** The clients that are connected, each with its account. */
export const ConnectionsFields = {
  total: Type.Integer({ description: "connections of all listeners asked for" }),
  connections: Type.Array(
    Type.Object({
      listener: Type.String(),
      id: Type.String(),
      path,
      uptimeMs: Type.Number(),
      details: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), { description: "bytes, drops, buffer, rooms, policy" }),
      ),
    }),
  ),
} as const satisfies Fields;

/** What probes are told: whether the process lives, and whether it wants traffic. */
export const HealthFields = {
  status: Type.String({ description: "starting, ready or draining" }),
  node: Type.String(),
  uptimeMs: Type.Number(),
  troubles: Type.Array(Type.String(), {
    description: "what keeps it from storing anything, such as a full journal; empty when nothing does",
  }),
} as const satisfies Fields;

/** How many levels of children one request may ask for. */
export const TREE_DEPTH = { min: 0, max: 32, otherwise: 3 } as const;

/** How many actors one answer shows. */
export const TREE_ACTORS_MAX = 10_000;

/** Which part of the tree is wanted. */
export const TreeQueryFields = {
  node: Type.Optional(
    Type.String({
      description:
        "of which node of the cluster; of all unless given, and of the one that answers where a path is given",
    }),
  ),
  path: Type.Optional(Type.String({ description: "where to begin, such as /rooms" })),
  depth: Type.Optional(
    Type.Integer({
      minimum: TREE_DEPTH.min,
      maximum: TREE_DEPTH.max,
      description: `levels of children; ${TREE_DEPTH.otherwise}, with a filter ${TREE_DEPTH.max}`,
    }),
  ),
  filter: Type.Optional(
    Type.String({
      description: "keeps the actors for which all conditions hold, such as restarts>0,type=room",
    }),
  ),
} as const satisfies Fields;

/** How many entries of a list one request may ask for. */
export const LIST_LIMIT = { min: 1, max: 10_000, otherwise: 1_000 } as const;

const limit = Type.Optional(
  Type.Integer({
    minimum: LIST_LIMIT.min,
    maximum: LIST_LIMIT.max,
    description: `how many at most; ${LIST_LIMIT.otherwise} unless given`,
  }),
);
/** How many dead letters are wanted. */
export const DeadLettersQueryFields = { limit } as const satisfies Fields;
/** How many stalls are wanted. */
export const StallsQueryFields = { limit } as const satisfies Fields;
/** Whose connections are wanted, and how many. */
export const ConnectionsQueryFields = {
  listener: Type.Optional(Type.String({ description: "only those that this listener took" })),
  limit,
} as const satisfies Fields;
