import type { RedisConnection } from "../redis/redis-connection.ts";
import { inboxKeys } from "../redis/redis-keys.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import { ADOPT_INBOX_SCRIPT } from "../redis/scripts/adopt-inbox-script.ts";
import { FORGET_INBOX_SCRIPT } from "../redis/scripts/forget-inbox-script.ts";
import { LEAVE_INBOX_SCRIPT } from "../redis/scripts/leave-inbox-script.ts";
import { OPEN_INBOX_SCRIPT } from "../redis/scripts/open-inbox-script.ts";
import type { Adoption, Inboxes, InboxEntry } from "./inboxes.ts";

type EntryAnswer = readonly [id: Buffer, fields: readonly Buffer[]];
type ReadAnswer = readonly (readonly [key: Buffer, entries: readonly EntryAnswer[]])[] | null;

/** Entries that are read together: with 256 parcels each they are handled within one turn of a few milliseconds. */
const PAGE = 16;
/** How long a read waits for an entry; then it is seen whether there is an inbox at all. */
const BLOCK_MS = 1000;
/** It is known for so long who has adopted an inbox. */
const HEIR_KEPT_SECONDS = 86_400;
const FIELD = "f";
const NO_BYTES = Buffer.alloc(0);
/** Keys that are kept made up; then they are made up anew. */
const KEYS_MAX = 4096;

/** The inboxes as streams of Redis. Additions go over the connection for data, in order; reads block on a connection of their own. */
export class RedisInboxes implements Inboxes {
  readonly #writer: RedisConnection;
  readonly #reader: RedisConnection;
  readonly #me: string;
  readonly #keys = new Map<string, string>();
  readonly #inbox: string;

  private constructor(writer: RedisConnection, reader: RedisConnection, me: string) {
    this.#writer = writer;
    this.#reader = reader;
    this.#me = me;
    this.#inbox = inboxKeys(me).in;
  }

  /** @throws Fault redisUnavailable */
  static async connect(link: RedisLink, me: string): Promise<RedisInboxes> {
    return new RedisInboxes(link.commands, await link.blockingReader("inbox"), me);
  }

  add(to: string, frame: Uint8Array): Promise<"added" | "missing"> {
    // Not made by whoever sends: a dead node's inbox would come back, and nobody would read it.
    return this.#writer.command("xadd", this.#keyOf(to), "NOMKSTREAM", "*", FIELD, frame).then(outcomeOf);
  }

  async open(): Promise<"open" | "adopted"> {
    const { in: inbox, heir } = inboxKeys(this.#me);
    return (await this.#writer.script(OPEN_INBOX_SCRIPT, [inbox, heir], [])) as "open" | "adopted";
  }

  read(after: string | undefined): Promise<readonly InboxEntry[] | "missing"> {
    const where = ["STREAMS", this.#inbox, after ?? "0-0"] as const;
    const read = this.#reader.commandBytes("xread", "COUNT", PAGE, "BLOCK", BLOCK_MS, ...where);
    return read.then((answer) => (answer as ReadAnswer)?.[0]?.[1].map(entryOf) ?? this.#nothing());
  }

  async #nothing(): Promise<readonly InboxEntry[] | "missing"> {
    return (await this.#reader.command("exists", this.#inbox)) === 0 ? "missing" : [];
  }

  async trim(upTo: string): Promise<void> {
    await this.#writer.command("xtrim", this.#inbox, "MINID", "=", nextId(upTo));
  }

  async leave(): Promise<void> {
    await this.#writer.script(LEAVE_INBOX_SCRIPT, [this.#inbox], []);
  }

  async adopt(dead: string, after: string | undefined): Promise<Adoption> {
    const { in: inbox, left, heir } = inboxKeys(dead);
    const answer = await this.#writer.script(
      ADOPT_INBOX_SCRIPT,
      [inbox, left, heir],
      [this.#me, after ?? "", HEIR_KEPT_SECONDS],
    );
    const [kind, by = ""] = answer as readonly ["adopted" | "taken", string?];
    return kind === "adopted" ? { kind } : { kind, by };
  }

  async leftBehind(dead: string, after: string | undefined): Promise<readonly InboxEntry[]> {
    const from = after === undefined ? "-" : `(${after}`;
    const { left } = inboxKeys(dead);
    const entries = await this.#writer.commandBytes("xrange", left, from, "+", "COUNT", PAGE);
    return (entries as readonly EntryAnswer[]).map(entryOf);
  }

  async forget(dead: string): Promise<void> {
    const { left, heir } = inboxKeys(dead);
    await this.#writer.script(FORGET_INBOX_SCRIPT, [left, heir], [this.#me]);
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  #keyOf(to: string): string {
    const known = this.#keys.get(to);
    if (known !== undefined) return known;
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
    const key = inboxKeys(to).in;
    this.#keys.set(to, key);
    return key;
  }
}

function outcomeOf(id: unknown): "added" | "missing" {
  return id === null ? "missing" : "added";
}

function entryOf([id, fields]: EntryAnswer): InboxEntry {
  // What has other fields was written by somebody else: its first value is no frame, and is put aside.
  return { id: id.toString(), bytes: fields[1] ?? NO_BYTES };
}

/** The smallest id that is larger: ids are `<ms>-<count>`. */
function nextId(id: string): string {
  const [ms = "", count = ""] = id.split("-");
  return `${ms}-${BigInt(count) + 1n}`;
}
