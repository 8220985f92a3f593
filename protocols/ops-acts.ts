import Type from "typebox";
import type { Fields } from "./protocol.ts";

/** What operators may have done, and what they are answered. Everything here is kept in the audit. */

const pathText = { minLength: 1, maxLength: 4_096 };

/** What may be done to an actor, or to all actors of a type. */
export const ACTOR_ACTS = ["suspend", "resume", "restart", "stop", "drain"] as const;
/** What may be done to the node as a whole. */
export const NODE_ACTS = ["drain", "reload", "restart", "stop"] as const;

/** What is to be done to whom: exactly one of `path` and `type` is given. */
export const ActorActFields = {
  act: Type.Enum([...ACTOR_ACTS], {
    description:
      "suspend: its mail waits; resume: undoes that; restart: a new life on the same mailbox, without its children; stop: for good; " +
      "drain: takes no new mail, handles what waits, then stops",
  }),
  path: Type.Optional(Type.String({ ...pathText, description: "the actor, such as /rooms" })),
  type: Type.Optional(Type.String({ ...pathText, description: "all actors of this type, such as room" })),
} as const satisfies Fields;

/** How many actors an act has reached. */
export const ActorActedFields = {
  act: Type.Enum([...ACTOR_ACTS]),
  matched: Type.Integer({ description: "actors that were meant" }),
  done: Type.Integer({ description: "actors to which it was done" }),
  refused: Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }), {
    description: "some of those to which it could not be done, and why",
  }),
} as const satisfies Fields;

/** What is to be done to the node. */
export const NodeActFields = {
  act: Type.Enum([...NODE_ACTS], {
    description:
      "drain: no new connections, clients are sent away, the process stays; reload: new code, no connection is closed; " +
      "restart: a new worker process; stop: ends in order",
  }),
} as const satisfies Fields;

/** That it has begun, or what became of it. */
export const NodeActedFields = {
  act: Type.Enum([...NODE_ACTS]),
  text: Type.String({ description: "what happens now, or has happened" }),
} as const satisfies Fields;

/** Where a heap snapshot was put. */
export const SnapshotFields = {
  path: Type.String({ description: "on the machine of the node" }),
  bytes: Type.Integer(),
  blockedMs: Type.Number({ description: "how long the event loop stood still for it, in milliseconds" }),
} as const satisfies Fields;

/** Where copies of what a node has stored were put: one for each store of that machine. */
export const JournalCopyFields = {
  copies: Type.Array(
    Type.Object({
      path: Type.String({ description: "on the machine of the node; whoever asked for it removes it" }),
      bytes: Type.Integer(),
    }),
  ),
} as const satisfies Fields;

/** How often a trace samples, and for how long it runs. */
export const TRACE_EVERY = { min: 1, max: 1_000_000, otherwise: 1 } as const;
export const TRACE_FOR_MS = { min: 100, max: 600_000, otherwise: 30_000 } as const;

/** Whose turns are to be traced. */
export const TraceBeginFields = {
  path: Type.String({ ...pathText, description: "the actor" }),
  everyNth: Type.Optional(
    Type.Integer({
      minimum: TRACE_EVERY.min,
      maximum: TRACE_EVERY.max,
      description: "takes one turn of so many; 1 unless given",
    }),
  ),
  forMs: Type.Optional(
    Type.Integer({
      minimum: TRACE_FOR_MS.min,
      maximum: TRACE_FOR_MS.max,
      description: `ends by itself after so long, in milliseconds; ${TRACE_FOR_MS.otherwise} unless given`,
    }),
  ),
} as const satisfies Fields;

/** A trace: whose, and until when. */
export const TraceFields = {
  id: Type.Integer(),
  path: Type.String(),
  type: Type.String(),
  everyNth: Type.Integer(),
  endsAtMs: Type.Number({ description: "when it ends by itself, in milliseconds since 1970" }),
  turns: Type.Integer({ description: "turns since it began, taken or not" }),
  isOver: Type.Boolean({ description: "whether it has ended; it can be read for a minute more" }),
} as const satisfies Fields;

/** The traces that run, or what one of them has seen. */
export const TracesFields = {
  traces: Type.Optional(Type.Array(Type.Object(TraceFields), { description: "when no `id` was given" })),
  trace: Type.Optional(Type.Object(TraceFields)),
  samples: Type.Optional(
    Type.Array(
      Type.Object({
        sequence: Type.Integer({ description: "grows by one; a gap says that samples were overwritten" }),
        atMs: Type.Number({ description: "when, in milliseconds since 1970" }),
        kind: Type.String({ description: "the kind of the message; its content is not kept" }),
        waitedMs: Type.Number({ description: "how long it had waited in the mailbox, in milliseconds" }),
        tookMs: Type.Number({ description: "how long its turn took, in milliseconds" }),
        outcome: Type.Enum(["handled", "failed", "givenUp"]),
      }),
      { description: "oldest first, the latest 1,000" },
    ),
  ),
} as const satisfies Fields;

/** Which trace is wanted, and from where on. */
export const TraceQueryFields = {
  id: Type.Optional(Type.Integer({ minimum: 1, description: "the trace; all that run when left out" })),
  after: Type.Optional(Type.Integer({ minimum: 0, description: "only samples with a higher sequence" })),
} as const satisfies Fields;

/** Which trace is to end. */
export const TraceEndQueryFields = {
  id: Type.Integer({ minimum: 1 }),
} as const satisfies Fields;
