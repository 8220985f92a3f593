import Type from "typebox";
import type { Fields } from "./protocol.ts";

/** What operators see of the nodes of a cluster, and what they may have done to one of them. */

const node = Type.String({
  minLength: 1,
  maxLength: 512,
  description: "the name of a node, or its incarnation",
});
const incarnation = Type.String({ description: "one start of one process" });

/** What a node says of itself when it is asked. */
export const NodeReportFields = {
  version: Type.String({ description: "of the program" }),
  pid: Type.Integer(),
  status: Type.String({ description: "starting, ready or draining" }),
  uptimeMs: Type.Number(),
  actors: Type.Integer(),
  entities: Type.Integer({ description: "entities in memory" }),
  opsUrl: Type.String(),
  listeners: Type.Record(Type.String(), Type.String(), {
    description: "where clients reach it, by listener",
  }),
} as const satisfies Fields;

/** One node as the membership table has it, and as it answers. */
const nodeFields = {
  node: Type.String(),
  incarnation,
  isSelf: Type.Boolean({ description: "whether it is the one that answers" }),
  state: Type.Enum(["joining", "up", "leaving", "dead"]),
  cause: Type.Optional(Type.Enum(["left", "expired", "reaped", "lost"], { description: "why it is dead" })),
  endedAtMs: Type.Optional(Type.Number({ description: "by the clock of the store" })),
  joinedAtMs: Type.Number({ description: "by the clock of the store" }),
  roles: Type.Array(Type.String()),
  capacity: Type.Integer({ description: "its share of the entities, compared to the others" }),
  address: Type.String({ description: "its operators' port, where that is a fixed one" }),
  protocol: Type.Object(
    { min: Type.Integer(), max: Type.Integer() },
    { description: "the versions of what nodes say to each other that it speaks" },
  ),
  leaseAgeMs: Type.Optional(
    Type.Number({ description: "since it renewed its lease, by the clock of the store" }),
  ),
  leaseLeftMs: Type.Optional(
    Type.Number({ description: "how long its lease still runs; below 0 it has lapsed" }),
  ),
  silence: Type.Optional(
    Type.String({ description: "why it said nothing, where it was asked and did not answer" }),
  ),
  report: Type.Optional(Type.Object(NodeReportFields, { description: "what it said of itself just now" })),
};

/** All nodes of the cluster. */
export const NodesFields = {
  isCluster: Type.Boolean({ description: "false: this node stands alone" }),
  nodes: Type.Array(Type.Object(nodeFields), {
    description: "the living first, then the dead of the last hour",
  }),
} as const satisfies Fields;

/** Which entity is looked for. */
export const WhereQueryFields = {
  entity: Type.String({ description: "type and id, such as live-room/final" }),
} as const satisfies Fields;

/** Where an entity is, or would be. */
export const WhereFields = {
  entity: Type.String(),
  standing: Type.Enum(["owned", "free", "alone"], {
    description:
      "owned: a node has it; free: the next message brings it to a node; alone: this node has no others",
  }),
  owner: Type.Optional(
    Type.Object({
      node: Type.String(),
      incarnation,
      ownerEpoch: Type.Number({ description: "its fencing number" }),
      state: Type.Optional(
        Type.String({ description: "of that node; left out when it is not known any more" }),
      ),
    }),
  ),
  belongsTo: Type.Optional(
    Type.Object(
      { node: Type.String(), incarnation },
      { description: "where it is placed when nobody has it" },
    ),
  ),
} as const satisfies Fields;

/** What is to be done to a node of the cluster. */
export const NodesActFields = {
  act: Type.Enum(["drain"], {
    description:
      "it sends its clients away, hands over its entities and takes nothing more; the process stays",
  }),
  node,
} as const satisfies Fields;

/** That it has begun. */
export const NodesActedFields = {
  act: Type.Enum(["drain"]),
  node: Type.String(),
  incarnation,
  text: Type.String({ description: "what happens now" }),
} as const satisfies Fields;
