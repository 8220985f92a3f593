import type { RedisCommands } from "../redis/redis-connection.ts";
import {
  ENTITY_TYPES_KEY,
  INDEX_PARTS,
  entityIndexKey,
  entityKeys,
  indexPartOf,
} from "../redis/redis-keys.ts";
import { entityKey, parseEntityKey } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import type { EntityPage, JournalEntry } from "./journal.ts";

/** The fewest members that are fetched of a part at a time. */
const FETCHED_MIN = 16;

/**
 * Which entities there are, by type: sorted sets, since the whole key space is never scanned. In a Redis Cluster an entity and its index lie on different
 * servers, and cannot change in one step. So an entity enters the index before its first record and leaves it after its last: the index
 * names too many after a crash, never too few, and the list leaves out what has no records.
 */
export class RedisEntityIndex {
  readonly #commands: RedisCommands;

  constructor(commands: RedisCommands) {
    this.#commands = commands;
  }

  async add(entity: EntityAddress): Promise<void> {
    await Promise.all([
      this.#commands.command("sadd", ENTITY_TYPES_KEY, entity.type),
      this.#commands.command("zadd", entityIndexKey(entity.type, indexPartOf(entity)), 0, memberOf(entity)),
    ]);
  }

  async remove(entity: EntityAddress): Promise<void> {
    await this.#commands.command("zrem", entityIndexKey(entity.type, indexPartOf(entity)), memberOf(entity));
  }

  /** Those that have records or a snapshot, in the order of their keys. */
  async list(type: string | undefined, { after, limit }: EntityPage): Promise<readonly JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for (const each of await this.#typesFrom(type, after)) {
      let from = after?.type === each ? memberOf(after) : undefined;
      while (entries.length < limit) {
        const members = await this.#membersAfter(each, from, Math.max(FETCHED_MIN, limit - entries.length));
        from = members.at(-1);
        if (from === undefined) break;
        entries.push(...(await this.#known(each, members)));
      }
    }
    return entries.slice(0, limit);
  }

  async #typesFrom(type: string | undefined, after: EntityAddress | undefined): Promise<readonly string[]> {
    const types =
      type === undefined ? texts(await this.#commands.command("smembers", ENTITY_TYPES_KEY)) : [type];
    const first = after === undefined ? "" : typeOrder(after.type);
    return types
      .filter((each) => typeOrder(each) >= first)
      .toSorted((a, b) => compare(typeOrder(a), typeOrder(b)));
  }

  async #membersAfter(type: string, from: string | undefined, limit: number): Promise<readonly string[]> {
    const min = from === undefined ? "-" : `(${from}`;
    const parts = await Promise.all(
      Array.from({ length: INDEX_PARTS }, (_, part) =>
        this.#commands.command("zrangebylex", entityIndexKey(type, part), min, "+", "LIMIT", 0, limit),
      ),
    );
    return parts.flatMap(texts).toSorted(compare).slice(0, limit);
  }

  async #known(type: string, members: readonly string[]): Promise<readonly JournalEntry[]> {
    const entries = await Promise.all(members.map((member) => this.#entry(`${type}/${member}`)));
    return entries.filter((entry) => entry !== undefined);
  }

  async #entry(key: string): Promise<JournalEntry | undefined> {
    const entity = parseEntityKey(key);
    if (entity === undefined) return undefined;
    const [version, snapshotVersion] = await this.#versions(entity);
    if (version === null || version === undefined) return undefined;
    return {
      entity,
      version: Number(version),
      ...(snapshotVersion === null ? {} : { snapshotVersion: Number(snapshotVersion) }),
    };
  }

  async #versions(entity: EntityAddress): Promise<readonly unknown[]> {
    return (await this.#commands.command("hmget", entityKeys(entity).state, "v", "s")) as readonly unknown[];
  }
}

/** The id as the key of an entity has it: so the order within a type is that of the keys. */
function memberOf(entity: EntityAddress): string {
  return entityKey(entity).slice(entity.type.length + 1);
}

/** Keys are compared with the slash behind their type. */
function typeOrder(type: string): string {
  return `${type}/`;
}

/** Keys are ASCII: by code unit is by byte. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function texts(answer: unknown): readonly string[] {
  return (answer as readonly unknown[]).map(String);
}
