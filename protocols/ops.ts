import Type from "typebox";
import type { Fields } from "./protocol.ts";

/** What the operators' port answers, field by field: its documentation is made from this, and tests hold answers against it. */

const path = Type.String({ description: "where the actor stands in the tree" });

const lastFailure = Type.Object({
  atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
  message: Type.String(),
  kind: Type.Optional(Type.String({ description: "the kind of the message that was being handled" })),
  stack: Type.Optional(Type.String()),
});

const pulse = Type.Object({
  progressWithinMs: Type.Number({ description: "how long an async turn may go on without progress" }),
  openTurn: Type.Optional(
    Type.Object(
      { kind: Type.String(), leftMs: Type.Number() },
      { description: "the turn whose promise is pending" },
    ),
  ),
  heartbeat: Type.Optional(
    Type.Object({ withinMs: Type.Number(), leftMs: Type.Number() }, { description: "its heartbeat duty" }),
  ),
  lastBeat: Type.Optional(Type.Object({ atMs: Type.Number(), note: Type.Optional(Type.String()) })),
  stalls: Type.Integer({ description: "how often it has fallen silent" }),
});

/** An actor as operators see it. */
export const ActorFields = {
  name: Type.String(),
  path,
  type: Type.String({ description: "what kind of actor it is" }),
  state: Type.String({
    description: "starting, running, restarting, waiting (for its restart), stopping or stopped",
  }),
  incarnation: Type.Integer({ description: "the number of this actor among all that the node has started" }),
  mailbox: Type.Object({
    depth: Type.Integer({ description: "messages that wait" }),
    oldestAgeMs: Type.Number({ description: "how long the head of the queue has waited, in milliseconds" }),
  }),
  handled: Type.Integer({ description: "messages handled" }),
  failed: Type.Integer({ description: "messages whose handler threw" }),
  refused: Type.Integer({ description: "messages answered busy because the mailbox was full" }),
  restarts: Type.Integer(),
  pulse,
  lastFailure: Type.Optional(lastFailure),
  uptimeMs: Type.Number({ description: "since it was started, in milliseconds" }),
  details: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: "what the actor tells of its state" }),
  ),
  childCount: Type.Integer(),
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

export const DeadLettersFields = {
  total: Type.Integer({ description: "since the node started" }),
  counts: Type.Record(Type.String(), Type.Integer(), { description: "by reason" }),
  recent: Type.Array(Type.Object(DeadLetterFields), { description: "newest first" }),
} as const satisfies Fields;

export const StallsFields = {
  total: Type.Integer({ description: "since the node started" }),
  recent: Type.Array(
    Type.Object({
      atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
      path,
      type: Type.String(),
      silence: Type.String({
        description:
          "turn: an open turn made no progress; heartbeat: a duty was missed; loop: the event loop was held",
      }),
      deadlineMs: Type.Number(),
      kind: Type.Optional(Type.String({ description: "the kind of the message whose turn was open" })),
      note: Type.Optional(Type.String({ description: "the actor's last word" })),
      strikes: Type.Integer({ description: "how often this message has stalled its actor" }),
    }),
    { description: "newest first" },
  ),
  zombies: Type.Array(Type.Object({ type: Type.String(), count: Type.Integer(), oldestMs: Type.Number() }), {
    description: "turns that were given up and have not ended, by type of actor",
  }),
} as const satisfies Fields;

export const QuarantineFields = {
  total: Type.Integer(),
  evicted: Type.Integer({ description: "how many were given up to make room" }),
  messages: Type.Array(
    Type.Object({
      id: Type.Integer(),
      atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
      path,
      kind: Type.String({ description: "the kind of the message; its content is not shown" }),
      handler: Type.String({ description: "the type of actor and the handler" }),
      fingerprint: Type.String({ description: "equal for equal content" }),
      strikes: Type.Integer(),
      note: Type.Optional(Type.String({ description: "the actor's last word" })),
    }),
    { description: "newest first" },
  ),
} as const satisfies Fields;

export const QuarantineActFields = {
  id: Type.Integer({ minimum: 1 }),
  act: Type.Enum(["replay", "drop"], { description: "replay: to the actor at its path, once more" }),
} as const satisfies Fields;

export const QuarantineVerdictFields = {
  id: Type.Integer(),
  became: Type.String(),
} as const satisfies Fields;

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

export const HealthFields = {
  status: Type.String({ description: "starting, ready or draining" }),
  node: Type.String(),
  uptimeMs: Type.Number(),
} as const satisfies Fields;

/** An answer that says why not. */
export const RefusalFields = {
  code: Type.String({ description: "for programs" }),
  field: Type.Optional(Type.String({ description: "the parameter or field that is wrong" })),
  text: Type.String({ description: "for people: what was found and what is allowed" }),
} as const satisfies Fields;

export const TreeQueryFields = {
  path: Type.Optional(Type.String({ description: "where to begin, such as /rooms" })),
  depth: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 32, description: "levels of children; 3, with a filter 32" }),
  ),
  filter: Type.Optional(
    Type.String({
      description: "keeps the actors for which all conditions hold, such as restarts>0,type=room",
    }),
  ),
} as const satisfies Fields;

const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 10_000, description: "how many at most; 1000 unless given" }),
);
export const DeadLettersQueryFields = { limit } as const satisfies Fields;
export const ConnectionsQueryFields = {
  listener: Type.Optional(Type.String({ description: "only those that this listener took" })),
  limit,
} as const satisfies Fields;
