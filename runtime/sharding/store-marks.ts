import { randomUUID } from "node:crypto";
import { Fault } from "../fault.ts";
import { HASH_SLOTS } from "../redis/key-slot.ts";
import { MARK_PARTS, markKey } from "../redis/redis-keys.ts";
import type { RedisConnection } from "../redis/redis-connection.ts";
import { LOOK_MARK_SCRIPT } from "../redis/scripts/look-mark-script.ts";
import { MAKE_MARK_SCRIPT } from "../redis/scripts/make-mark-script.ts";

/** What a mark says. */
export interface Mark {
  readonly id: string;
  readonly source: string;
  readonly forMs: number;
  /** Since when something of its part is lost, by the clock of Redis; undefined when nothing is. */
  readonly lostSinceMs: number | undefined;
  /** Whether the marks of all parts had been made: one that is missing is lost. */
  readonly isWhole: boolean;
  /** Something was lost, and this look has accepted that. */
  readonly wasAccepted: boolean;
}

/** How the marks of a cluster are looked at. */
export interface MarksParts {
  readonly redis: RedisConnection;
  /** The name of the cluster, by which two are told apart. */
  readonly name: string;
  /** Whether what was lost is accepted, so that entities begin anew. */
  readonly acceptsLoss: boolean;
}

type LookAnswer =
  | readonly ["absent"]
  | readonly ["foreign", string]
  | readonly [
      "mark",
      id: string,
      source: string,
      forMs: string,
      lost: string,
      whole: string,
      accepted: string,
    ];

/** The marks that a cluster leaves in its store, outside of all entities: a store that has lost them has lost the entities, too. */
export class StoreMarks {
  readonly #parts: MarksParts;
  /** The keys of the marks: one, or those of a Redis Cluster. */
  readonly keys: readonly string[];

  constructor(parts: MarksParts) {
    this.#parts = parts;
    const count = parts.redis.isCluster ? MARK_PARTS : 1;
    this.keys = Array.from({ length: count }, (_, part) => markKey(part));
  }

  /** The key of the mark for a hash slot. */
  keyAt(slot: number): string {
    return this.keys[Math.floor((slot * this.keys.length) / HASH_SLOTS)] ?? "";
  }

  /**
   * Looks at a mark. With a `known` id one that is missing is written again as lost. @param isCalm no node can hold anything that a new copy has missed
   * @throws Fault of the store; redisUnfit when it is another cluster's
   */
  async look(key: string, known: string | undefined, isCalm = false): Promise<Mark | undefined> {
    const { redis, name, acceptsLoss } = this.#parts;
    const args = [known ?? "", name, acceptsLoss ? "1" : "", isCalm ? "1" : ""];
    const answer = (await redis.script(LOOK_MARK_SCRIPT, [key], args)) as LookAnswer;
    if (answer[0] === "absent") return undefined;
    if (answer[0] === "foreign") throw foreign(answer[1], name);
    const [, id, source, forMs, lost, whole, accepted] = answer;
    return {
      id,
      source,
      forMs: Number(forMs),
      lostSinceMs: lost === "" ? undefined : Number(lost),
      isWhole: whole === "1",
      wasAccepted: accepted === "1",
    };
  }

  /** Makes all marks, in steps: one that has been interrupted has lost nothing. Answers their id. @throws Fault of the store */
  async make(): Promise<string> {
    const [first = "", ...others] = this.keys;
    // Of two nodes that begin a cluster together one has made the first mark: its id is that of all.
    const id = await this.#make(first, "", "");
    await Promise.all(others.map((key) => this.#make(key, id, "")));
    await Promise.all(this.keys.map((key) => this.#make(key, id, "1")));
    return id;
  }

  async #make(key: string, id: string, areAllMade: string): Promise<string> {
    const { redis, name } = this.#parts;
    return String(await redis.script(MAKE_MARK_SCRIPT, [key], [id, name, areAllMade, randomUUID()]));
  }
}

/** The names of the clusters whose marks are in a store: one, none in a new store, and several only where something is wrong. Changes nothing. @throws Fault of the store */
export async function markedNames(redis: RedisConnection): Promise<readonly string[]> {
  const { keys } = new StoreMarks({ redis, name: "", acceptsLoss: false });
  const names = await Promise.all(keys.map((key) => redis.command("hget", key, "name")));
  return [...new Set(names.filter((name) => typeof name === "string"))];
}

function foreign(other: string, own: string): Fault {
  const why = `this database belongs to the cluster ${other}, and not to ${own}: give each cluster a database of its own, or name ${other} (cluster.name of a node, cluster of a service) to join that one`;
  return new Fault("redisUnfit", { problems: why });
}
