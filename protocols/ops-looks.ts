import Type from "typebox";
import type { Fields } from "./protocol.ts";
import { ActorFields, LIST_LIMIT, QuarantinedFields, StallFields } from "./ops.ts";

/** What operators see when they look for trouble: who is behind, who is silent, what grows, and who did what. */

const limitOf = (otherwise: number) =>
  Type.Optional(
    Type.Integer({
      minimum: LIST_LIMIT.min,
      maximum: LIST_LIMIT.max,
      description: `how many at most; ${otherwise} unless given`,
    }),
  );
const path = Type.String({ description: "where the actor stands in the tree" });
const atMs = Type.Number({ description: "when, in milliseconds since 1970" });

/** What the top of a list may be chosen by. */
export const TOP_SORTS = ["mailboxAge", "mailbox", "busy", "restarts"] as const;
/** How many actors `top` and `beats` show unless told. */
export const TOP_LIMIT = { ...LIST_LIMIT, otherwise: 20 } as const;

/** By what the first are chosen, and how many are wanted. */
export const TopQueryFields = {
  sort: Type.Optional(
    Type.Enum([...TOP_SORTS], {
      description:
        "mailboxAge: how long the oldest message has waited, the default; mailbox: how many wait; " +
        "busy: how long the open turn has gone on; restarts",
    }),
  ),
  limit: limitOf(TOP_LIMIT.otherwise),
} as const satisfies Fields;

/** The actors that stand out, and the node they belong to. */
export const TopFields = {
  node: Type.String(),
  status: Type.String({ description: "starting, ready or draining" }),
  uptimeMs: Type.Number(),
  actors: Type.Integer({ description: "all actors of the node" }),
  zombies: Type.Integer({ description: "turns that were given up and have not ended" }),
  quarantined: Type.Integer({ description: "messages put aside" }),
  stalls: Type.Integer({ description: "since the node started" }),
  sort: Type.Enum([...TOP_SORTS]),
  top: Type.Array(Type.Object(ActorFields)),
} as const satisfies Fields;

/** How many are wanted. */
export const BeatsQueryFields = { limit: limitOf(TOP_LIMIT.otherwise) } as const satisfies Fields;

/** The actors that have a deadline now, who has the least time left first. */
export const BeatsFields = {
  total: Type.Integer({ description: "actors that have a duty or an open turn" }),
  beats: Type.Array(Type.Object(ActorFields)),
} as const satisfies Fields;

/** About whom it is asked. */
export const WhyQueryFields = { path } as const satisfies Fields;

/** Everything that is known about what went wrong with an actor. */
export const WhyFields = {
  actor: Type.Object(ActorFields),
  supervisor: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "who decides about it: path, strategy, backoff, and what happens when the budget is spent",
    }),
  ),
  failures: Type.Array(
    Type.Object({
      atMs,
      message: Type.String(),
      cause: Type.String({ description: "crash or stall" }),
      kind: Type.Optional(Type.String({ description: "the kind of the message that was being handled" })),
      stack: Type.Optional(Type.String()),
    }),
    { description: "newest first" },
  ),
  stalls: Type.Array(Type.Object(StallFields), { description: "newest first" }),
  quarantined: Type.Array(Type.Object(QuarantinedFields), {
    description: "its messages that were put aside, newest first",
  }),
  deadLetters: Type.Array(Type.Object({ atMs, kind: Type.String(), reason: Type.String() }), {
    description: "its messages that were not handled, newest first, as far as they are kept",
  }),
  zombies: Type.Integer({ description: "turns of it that were given up and have not ended" }),
} as const satisfies Fields;

const memoryFields = {
  rss: Type.Integer({ description: "resident memory, in bytes" }),
  heapUsed: Type.Integer(),
  heapTotal: Type.Integer(),
  external: Type.Integer(),
  arrayBuffers: Type.Integer(),
};

/** The memory of this process, and an estimate of who holds it. */
export const MemoryFields = {
  pid: Type.Integer(),
  process: Type.Object(memoryFields),
  rssBytesPerMinute: Type.Optional(
    Type.Number({ description: "how fast resident memory grows; left out in the first minutes" }),
  ),
  sinceMs: Type.Number({ description: "the time over which growth is judged, in milliseconds" }),
  isEstimate: Type.Boolean({
    description: "always true: what the types hold is estimated from a few states of each",
  }),
  types: Type.Array(
    Type.Object({
      type: Type.String({ description: "the type of actor" }),
      actors: Type.Integer(),
      waiting: Type.Integer({ description: "messages that wait in their mailboxes" }),
      sampled: Type.Integer({ description: "states from which the bytes were estimated" }),
      bytes: Type.Integer({ description: "what actors and states hold, estimated" }),
      bytesPerMinute: Type.Optional(Type.Number({ description: "how fast that grows" })),
    }),
    { description: "who holds the most first" },
  ),
} as const satisfies Fields;

/** One process of this data directory. */
const processFields = {
  role: Type.String({ description: "host, worker, or node where one process is all" }),
  number: Type.Integer({ description: "of the worker; 0 for the others" }),
  pid: Type.Integer(),
  state: Type.String({ description: "starting, prepared, serving or leaving" }),
  version: Type.String(),
  startedAtMs: Type.Number(),
  vitals: Type.Optional(
    Type.Object(
      {
        memory: Type.Object(memoryFields),
        requests: Type.Optional(Type.Integer({ description: "requests and frames taken since its start" })),
        connections: Type.Optional(Type.Integer()),
        zombies: Type.Integer(),
      },
      { description: "what it said with its last beat" },
    ),
  ),
  lastBeatMs: Type.Optional(Type.Number({ description: "how long ago it gave its last sign of life" })),
  bytesPerMinute: Type.Optional(Type.Number({ description: "how fast its memory grows" })),
};

/** The processes, those that ended, and why workers were recycled. */
export const ProcessesFields = {
  hasHost: Type.Boolean({ description: "false: one process, which nothing watches from outside" }),
  doing: Type.String({ description: "what the host is at, such as serving or reloading" }),
  restarts: Type.Integer({ description: "workers that had to be started again" }),
  reloads: Type.Integer(),
  processes: Type.Array(Type.Object(processFields)),
  ended: Type.Array(
    Type.Object({
      number: Type.Integer(),
      pid: Type.Integer(),
      atMs,
      lifeMs: Type.Number(),
      code: Type.Union([Type.Integer(), Type.Null()]),
      signal: Type.Union([Type.String(), Type.Null()]),
      kind: Type.String({ description: "expected, crashed, outOfMemory and so on" }),
      text: Type.String({ description: "what its end meant" }),
      advice: Type.Optional(Type.String()),
    }),
    { description: "workers that are gone, the latest first" },
  ),
  recycled: Type.Array(
    Type.Object({
      number: Type.Integer(),
      pid: Type.Integer(),
      atMs,
      cause: Type.String(),
      text: Type.String({ description: "why it was replaced" }),
    }),
    { description: "workers that were worn out, the latest first" },
  ),
  refusedReloads: Type.Optional(
    Type.Array(Type.Object({ atMs, why: Type.String() }), {
      description: "reloads whose new code could not take over, the latest first",
    }),
  ),
} as const satisfies Fields;

/** How many acts are wanted. */
export const AuditQueryFields = { limit: limitOf(100) } as const satisfies Fields;
export const AUDIT_LIMIT = { ...LIST_LIMIT, otherwise: 100 } as const;

/** What operators did. */
export const AuditFields = {
  acts: Type.Array(
    Type.Object({
      id: Type.String(),
      atMs,
      who: Type.Object({
        address: Type.String(),
        token: Type.String({ description: "a fingerprint of the token" }),
      }),
      act: Type.String(),
      target: Type.String(),
      parameters: Type.Optional(Type.Unknown()),
      outcome: Type.Enum(["begun", "done", "refused", "failed"], {
        description: "begun: it was carried out or not when the process ended; refused: nothing was done",
      }),
      status: Type.Optional(Type.Integer({ description: "the HTTP status of the answer" })),
      answer: Type.Optional(Type.Unknown()),
    }),
    { description: "newest first" },
  ),
} as const satisfies Fields;
