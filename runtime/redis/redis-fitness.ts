import type { Durability } from "../persistence/journal.ts";
import { suffices } from "../persistence/durability.ts";

/** What a server says of itself, as far as it matters. */
export interface RedisFacts {
  /** `7.0.15`. */
  readonly version: string;
  readonly role: "primary" | "replica";
  readonly evictionPolicy: string;
  readonly keepsAppendFile: boolean;
  /** Undefined when the server does not let us see its settings. */
  readonly appendFsync: string | undefined;
  /** Replicas that are connected and have caught up. */
  readonly onlineReplicas: number;
  readonly minReplicasToWrite: number | undefined;
  /** Of a Redis Cluster: whether none of it serves when a part does not. */
  readonly needsAllSlots?: boolean;
}

/** Whether a Redis can be used. */
export interface Fitness {
  /** Why not, in words, each with what to change; empty when it can. */
  readonly problems: readonly string[];
  /** What an operator should know all the same. */
  readonly warnings: readonly string[];
  /** The most that can be promised. */
  readonly strongest: Durability;
}

const VERSION_MIN = 7;

/** Judges a server by its facts and by the durability that is asked of it. Pure. */
export function redisFitness(facts: RedisFacts, asked: Durability): Fitness {
  const strongest = strongestOf(facts);
  const problems = [
    versionProblem(facts),
    roleProblem(facts),
    evictionProblem(facts),
    durabilityProblem(facts, asked, strongest),
  ].filter((problem) => problem !== undefined);
  return { problems, warnings: warningsOf(facts), strongest };
}

function strongestOf({ keepsAppendFile, appendFsync, onlineReplicas }: RedisFacts): Durability {
  if (!keepsAppendFile) return "memory";
  if (appendFsync === "everysec") return "periodic";
  if (appendFsync !== "always") return "memory";
  return onlineReplicas > 0 ? "replicated" : "fsync";
}

function versionProblem({ version }: RedisFacts): string | undefined {
  if (Number.parseInt(version, 10) >= VERSION_MIN) return undefined;
  return `Redis ${version} is too old: 7.0 or newer is needed (sharded pub/sub)`;
}

function roleProblem({ role }: RedisFacts): string | undefined {
  if (role === "primary") return undefined;
  return "this is a replica, which takes no writes: name the primary, or use redis+sentinel:// to find it";
}

function evictionProblem({ evictionPolicy }: RedisFacts): string | undefined {
  if (evictionPolicy === "noeviction") return undefined;
  return `maxmemory-policy is ${evictionPolicy}, which would delete records and owners when memory is short: set it to noeviction`;
}

function durabilityProblem(facts: RedisFacts, asked: Durability, strongest: Durability): string | undefined {
  if (suffices(strongest, asked)) return undefined;
  const { keepsAppendFile, appendFsync, onlineReplicas } = facts;
  if (!keepsAppendFile) return `durability ${asked} needs the append-only file: set appendonly yes`;
  if (appendFsync === undefined) {
    return `durability ${asked} cannot be verified: allow this user +config|get, or ask for durability memory`;
  }
  const needed = asked === "periodic" ? "everysec or always" : "always";
  if (!needed.includes(appendFsync)) {
    return `appendfsync is ${appendFsync}: durability ${asked} needs ${needed}`;
  }
  return `durability replicated needs a replica that is online, and there ${onlineReplicas === 0 ? "is none" : "are too few"}`;
}

function warningsOf({ onlineReplicas, minReplicasToWrite, needsAllSlots }: RedisFacts): string[] {
  const warnings: string[] = [];
  if (onlineReplicas > 0 && minReplicasToWrite === 0) {
    warnings.push(
      "min-replicas-to-write is 0: a primary that is cut off from its replicas goes on taking writes; set it to 1",
    );
  }
  if (needsAllSlots === true) {
    warnings.push(
      "cluster-require-full-coverage is yes: when one shard is down none of them serves; set it to no",
    );
  }
  return warnings;
}
