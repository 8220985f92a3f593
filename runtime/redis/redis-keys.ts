import { createHash } from "node:crypto";
import { entityKey } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { HASH_SLOTS, slotOf } from "./key-slot.ts";

/** Keys of one kind: what they are called, what they hold, and what makes them go away. */
export interface KeyFamily {
  readonly name: string;
  /** `*` stands for what differs. What is in braces decides the hash slot. */
  readonly pattern: string;
  readonly type: "hash" | "list" | "stream" | "string" | "zset" | "set" | "channel";
  readonly purpose: string;
  readonly removedBy: string;
}

/** Every key that is ever written. `*` in a key is always percent-encoded, so that no id can end a hash tag. */
export const KEY_FAMILIES: readonly KeyFamily[] = [
  {
    name: "entity owner",
    pattern: "{a:*}:own",
    type: "hash",
    purpose: "who may write the entity: epoch `e`, incarnation `i`, node `n`",
    removedBy: "the release of an entity that has no state",
  },
  {
    name: "entity state",
    pattern: "{a:*}:st",
    type: "hash",
    purpose: "the latest version `v` of the entity, and its snapshot `d` of version `s`",
    removedBy: "the removal of the entity",
  },
  {
    name: "entity log",
    pattern: "{a:*}:log",
    type: "list",
    purpose: "the records of the entity in order; the last is that of its latest version",
    removedBy: "snapshots remove what is before them, and the removal of the entity all",
  },
  {
    name: "entity types",
    pattern: "{x}:types",
    type: "set",
    purpose: "the types of which there are or were entities",
    removedBy: "nothing: there is one row for each type",
  },
  {
    name: "entity index",
    pattern: "{x:*}:ids",
    type: "zset",
    purpose: "the entities of a type, in 16 parts; a superset of those that have records",
    removedBy: "the removal of the entity",
  },
  {
    name: "members",
    pattern: "{m}:nodes",
    type: "hash",
    purpose: "the nodes of the cluster, one row each",
    removedBy: "the removal of a dead node from the table",
  },
  {
    name: "member view",
    pattern: "{m}:v",
    type: "string",
    purpose: "the number of the present view of the members",
    removedBy: "nothing: there is one",
  },
  {
    name: "member leases",
    pattern: "{m}:lease",
    type: "zset",
    purpose: "until when each node is alive, by the clock of Redis",
    removedBy: "the removal of a dead node from the table",
  },
  {
    name: "ended members",
    pattern: "{m}:ended",
    type: "zset",
    purpose: "the dead nodes, by the time of their end",
    removedBy: "an hour, or 200 later deaths",
  },
  {
    name: "member removals",
    pattern: "{m}:hold",
    type: "hash",
    purpose: "until when no node is removed, because many leases lapsed together",
    removedBy: "nothing: there is one",
  },
  {
    name: "inbox",
    pattern: "{n:*}:in",
    type: "stream",
    purpose: "what other nodes have sent to this life of a node",
    removedBy: "its acknowledgements; the end of the node, or the node that adopts what it has left",
  },
  {
    name: "inbox left",
    pattern: "{n:*}:left",
    type: "stream",
    purpose: "what a dead node had in its inbox, while another node sees to it",
    removedBy: "the node that has adopted it, when it is through",
  },
  {
    name: "inbox heir",
    pattern: "{n:*}:heir",
    type: "string",
    purpose: "which node has adopted the inbox of a dead one; keeps the dead one from making another",
    removedBy: "a day",
  },
  {
    name: "topic",
    pattern: "{t:*}:say",
    type: "channel",
    purpose: "hints and lossy fan-out: nothing is kept",
    removedBy: "nothing is stored",
  },
  {
    name: "canary",
    pattern: "{c:*}:canary",
    type: "channel",
    purpose: "shows a subscriber that it still hears",
    removedBy: "nothing is stored",
  },
  {
    name: "wake-ups",
    pattern: "{r:*}:due",
    type: "zset",
    purpose: "the entities of a bucket that are to be woken, by time",
    removedBy: "the entity, once it has no reminder any more",
  },
  {
    name: "wake-up stamps",
    pattern: "{r:*}:by",
    type: "hash",
    purpose: "in whose name each of them was written: owner epoch and number",
    removedBy: "the entity, once it has no reminder any more",
  },
  {
    name: "wake-ups under way",
    pattern: "{r:*}:firing",
    type: "hash",
    purpose: "those that were taken and have not said when to be woken next, with the epoch of the taker",
    removedBy: "the entity's next word, and the next owner of the bucket",
  },
  {
    name: "wake-up owner",
    pattern: "{r:*}:own",
    type: "hash",
    purpose: "who may take from the bucket: epoch `e`, incarnation `i`",
    removedBy: "nothing: there is one for each bucket",
  },
  {
    name: "store mark",
    pattern: "{g:*}:mark",
    type: "hash",
    purpose: "that a part of the store has lost nothing, whose it is, and which copy of it answers",
    removedBy: "nothing: there is one, and in a Redis Cluster 64",
  },
  {
    name: "nonce",
    pattern: "{s:*}:nonce",
    type: "string",
    purpose:
      "that some node has taken a signed request; each node takes no more of a key than it remembers itself",
    removedBy: "three times `push.windowMs`: Redis itself",
  },
];

/** The parts of an index, so that entities of one type do not all meet in one hash slot. */
export const INDEX_PARTS = 16;

/** All keys of one entity; they are in one hash slot. @throws Fault addressInvalid */
export function entityKeys(entity: EntityAddress): { own: string; state: string; log: string } {
  const tag = `{a:${entityKey(entity)}}`;
  return { own: `${tag}:own`, state: `${tag}:st`, log: `${tag}:log` };
}

/** The set of all types of entities. */
export const ENTITY_TYPES_KEY = "{x}:types";

/** One part of the index of a type. */
export function entityIndexKey(type: string, part: number): string {
  return `{x:${type}/${part}}:ids`;
}

/** The part of the index in which an entity is. Pure. */
export function indexPartOf(entity: EntityAddress): number {
  return hashOf(entity) % INDEX_PARTS;
}

/** The keys of the table of members; they are in one hash slot. */
export const MEMBER_KEYS = {
  nodes: "{m}:nodes",
  view: "{m}:v",
  lease: "{m}:lease",
  ended: "{m}:ended",
  hold: "{m}:hold",
} as const;

/** The keys of the inbox of one life of a node; they are in one hash slot. */
export function inboxKeys(incarnation: string): { in: string; left: string; heir: string } {
  const tag = `{n:${encodeURIComponent(incarnation)}}`;
  return { in: `${tag}:in`, left: `${tag}:left`, heir: `${tag}:heir` };
}

/** The channel of one partition of a topic. Channels are the same in all databases of a server, and each cluster has but one of those for itself. */
export function topicKey(database: number, topic: string, partition: number): string {
  return `{t:${database}/${encodeURIComponent(topic)}#${partition}}:say`;
}

/** The channel on which a subscriber hears its own canary. Those of one name in two databases of a server are two. */
export function canaryKey(database: number, name: string): string {
  return `{c:${database}/${encodeURIComponent(name)}}:canary`;
}

/** The buckets of wake-ups. */
export const REMINDER_BUCKETS = 256;

/** The keys of one bucket of wake-ups; they are in one hash slot. */
export function reminderKeys(bucket: number): { due: string; by: string; firing: string; own: string } {
  const tag = `{r:${bucket}}`;
  return { due: `${tag}:due`, by: `${tag}:by`, firing: `${tag}:firing`, own: `${tag}:own` };
}

/** The marks of a Redis Cluster: one in each stretch of its hash slots, so that every server has some. */
export const MARK_PARTS = 64;

/** The mark of a part of the store: its hash slot is in the stretch of that number. */
export function markKey(part: number): string {
  for (let count = 0; ; count++) {
    const key = `{g:${part}.${count}}:mark`;
    if (Math.floor((slotOf(key) * MARK_PARTS) / HASH_SLOTS) === part) return key;
  }
}

/** What stands for a nonce of a key that signs. It has one length, whatever the nonce is made of. */
export function nonceKey(keyId: string, nonce: string): string {
  const digest = createHash("sha256").update(nonce).digest("base64url");
  return `{s:${encodeURIComponent(keyId)}/${digest}}:nonce`;
}

/** The bucket in which the wake-ups of an entity are. Pure. */
export function reminderBucketOf(entity: EntityAddress): number {
  return hashOf(entity) % REMINDER_BUCKETS;
}

/** FNV-1a over the key of an entity. */
function hashOf(entity: EntityAddress): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(entityKey(entity))) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return hash >>> 0;
}
