import type { EventRule } from "./event-rule.ts";

/** What is logged of the cluster and of its Redis: a part of the catalogue. */
export const CLUSTER_EVENTS = {
  "cluster.joined": { level: "info", doc: "this node has joined the cluster, under a new incarnation" },
  "cluster.left": { level: "info", doc: "this node has left the cluster" },
  "cluster.incompatible": {
    level: "error",
    doc: "this node does not join: the one that is named speaks no version of the wire that it does; go over a version that both speak",
  },
  "cluster.joinFailed": {
    level: "warn",
    doc: "this node could not join the cluster again after it was counted as dead; it tries again",
  },
  "cluster.drainAsked": {
    level: "warn",
    doc: "an operator has this node drain: it sends its clients away and hands over its entities, and stays until it is stopped",
  },
  "cluster.burialFailed": {
    level: "warn",
    doc: "the others could not be told that a worker of this host has ended; they wait for its lease instead",
  },
  "cluster.storeWarning": {
    level: "warn",
    doc: "Redis can be used as it is set up, and `why` says what should be changed all the same",
  },
  "cluster.nodeLost": {
    level: "error",
    doc: "a node of the cluster has ended without leaving; its entities go on elsewhere. Told once, by the node that watches: look why it ended",
  },
  "cluster.nodeBack": { level: "info", doc: "a node that was lost serves again" },
  "cluster.memberChanged": {
    level: "info",
    doc: "a node has joined, serves, leaves or is dead; `cause` says why it is dead",
  },
  "cluster.memberFenced": {
    level: "error",
    doc: "this node does nothing as an owner; `lapsed`: until it reaches Redis again, otherwise until it has joined anew",
  },
  "cluster.memberRestored": { level: "warn", doc: "this node has reached Redis again and goes on" },
  "cluster.removalsHeld": {
    level: "warn",
    doc: "many nodes fell silent together, which looks like trouble with Redis; none is taken for dead for `heldForMs`",
  },
  "cluster.storeChanged": {
    level: "warn",
    doc: "another Redis server answers, after a failover or a restart; it may have missed the latest writes. `shard` names the part of a Redis Cluster, unless it is that of the members",
  },
  "cluster.storeAwaited": {
    level: "warn",
    doc: "this node starts when the `servers` of the Redis Cluster answer, or gives up; start them, or have a replica of each take over",
  },
  "cluster.storeForeign": {
    level: "error",
    doc: "the database of this cluster carries the mark of another one: two clusters write into it, or cluster.redis leads elsewhere by now. Stop one of them, and give each a database of its own; `why` says whose it is",
  },
  "cluster.storeOwn": { level: "info", doc: "the database carries the mark of this cluster again" },
  "cluster.stateLost": {
    level: "error",
    doc: "Redis, or the `shard` of a Redis Cluster, has lost what it held: entities of which it has nothing refuse to begin. Restore a backup, or start a node with `cluster.allowColdStart`, and they begin anew",
  },
  "cluster.stateFound": {
    level: "info",
    doc: "what Redis had lost is there again, or the loss was accepted: entities begin as always",
  },
  "cluster.coldStart": {
    level: "warn",
    doc: "this node accepts that Redis has lost what it held: entities of which it has nothing begin anew",
  },
  "cluster.clockJumped": {
    level: "warn",
    doc: "the wall clock was set, or the machine was suspended; leases do not depend on it",
  },
  "redis.ready": { level: "info", doc: "a connection to Redis is made; `purpose` says what it is for" },
  "redis.lost": { level: "warn", doc: "a connection to Redis is lost; another one is made" },
  "redis.deaf": {
    level: "warn",
    doc: "a connection to Redis brought nothing back for `silentMs`; another one is made",
  },
  "redis.held": {
    level: "warn",
    doc: "`holder` keeps a connection to Redis to itself for longer than a second",
  },
} as const satisfies Record<string, EventRule>;
