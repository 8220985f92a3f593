import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { Fault } from "../../../runtime/fault.ts";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import type { Append, Appended, Durability, Owner } from "../../../runtime/persistence/journal.ts";
import { RedisJournal } from "../../../runtime/persistence/redis-journal.ts";
import { entityIndexKey, entityKeys, indexPartOf } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { CutProxy } from "../../support/cut-proxy.ts";
import { eventually } from "../../support/eventually.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { writeOwner } from "../../support/write-owner.ts";

const LIMIT_MS = 120_000;
const ROOM: EntityAddress = { type: "room", id: "1" };
const FIRST: Owner = { ownerEpoch: 1_000_000, incarnation: "node-1" };
const SECOND: Owner = { ownerEpoch: 1_000_001, incarnation: "node-2" };

interface Bench {
  readonly link: RedisLink;
  readonly journal: RedisJournal;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of open.splice(0).toReversed()) await end();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const server = await RedisServer.start(settings);
  open.push(() => server.stop());
  return server;
}

async function bench(server: { readonly url: string }, owned: EntityAddress = ROOM): Promise<Bench> {
  const link = await openRedis(server);
  open.push(() => link.close());
  await writeOwner(link.commands, owned, FIRST);
  return { link, journal: await RedisJournal.open(link) };
}

async function behindProxy(server: RedisServer): Promise<Bench & { readonly proxy: CutProxy }> {
  const proxy = await CutProxy.open(server.port);
  open.push(() => proxy.close());
  return { ...(await bench({ url: proxy.url.replace("http", "redis") })), proxy };
}

function record(expectedVersion: number, more: Partial<Append> = {}): Append {
  const bytes = new TextEncoder().encode(`record ${expectedVersion + 1}`);
  return { entity: ROOM, owner: FIRST, expectedVersion, bytes, atMs: 1, durability: "fsync", ...more };
}

async function versions(journal: RedisJournal, entity = ROOM): Promise<number[]> {
  const found = [];
  for await (const page of (await journal.load(entity)).pages) {
    found.push(...page.map(({ version }) => version));
  }
  return found;
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

describe("who may write", { timeout: LIMIT_MS }, () => {
  it("is lost: what was stored before stays, what comes later is fenced, however sure the writer is", async () => {
    const { link, journal } = await bench(await start());
    const writer = upTo(4).map((version) => journal.append(record(version - 1)));
    assert.deepEqual(
      await Promise.all(writer),
      upTo(4).map((version) => ({ kind: "appended", version })),
    );
    await writeOwner(link.commands, ROOM, SECOND);
    const fenced: Appended = { kind: "fenced", by: SECOND };
    assert.deepEqual(await Promise.all([4, 5].map((at) => journal.append(record(at)))), [fenced, fenced]);
    assert.deepEqual(await journal.append(record(4, { owner: SECOND })), { kind: "appended", version: 5 });
    assert.deepEqual(await journal.append(record(5)), fenced);
    assert.deepEqual(await versions(journal), upTo(5));
  });

  it("changes at one point of a stream of appends, whenever that is: what one owner stored has no gap, and nothing follows", async () => {
    const { link, journal } = await bench(await start());
    await journal.append(record(0));
    const appends = [];
    let claimed = Promise.resolve();
    for (let at = 1; at <= 400; at++) {
      if (at === 200) claimed = writeOwner(link.control, ROOM, SECOND);
      if (at === 350) await claimed;
      appends.push(journal.append(record(at)));
      if (at % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const kinds = (await Promise.all(appends)).map(({ kind }) => kind);
    const stored = kinds.lastIndexOf("appended") + 1;
    assert.ok(stored < 350);
    assert.deepEqual(kinds, [...Array(stored).fill("appended"), ...Array(400 - stored).fill("fenced")]);
    assert.deepEqual(await versions(journal), upTo(stored + 1));
  });

  it("is asked of an entity without an owner, too", async () => {
    const { journal } = await bench(await start());
    const other = { type: "room", id: "nobody's" };
    assert.deepEqual(await journal.append(record(0, { entity: other })), { kind: "fenced", by: undefined });
  });
});

describe("an append without an answer", { timeout: LIMIT_MS }, () => {
  it("was perhaps stored, and says so; a load tells", async () => {
    const server = await start();
    const { journal, proxy } = await behindProxy(server);
    await journal.append(record(0));
    proxy.mute();
    const lost = assert.rejects(
      journal.append(record(1)),
      (fault: { code: string; details: { outcome: string } }) => {
        assert.deepEqual([fault.code, fault.details.outcome], ["journalUnavailable", "unknown"]);
        return true;
      },
    );
    await eventually(() => server.cli("llen", entityKeys(ROOM).log), "2", "it is stored all the same");
    proxy.cut();
    await lost;
    const nothing = { code: "journalUnavailable", details: { outcome: "nothing was stored" } };
    await assert.rejects(journal.append(record(2)), ({ code, details }) => {
      assert.deepEqual([code, details.outcome], [nothing.code, nothing.details.outcome]);
      return true;
    });
    proxy.mend();
    await eventually(() => versions(journal).catch(() => []), [1, 2]);
    await eventually(() => journal.strongest, "fsync", "it looks again at what the server is");
    assert.deepEqual(await journal.append(record(2)), { kind: "appended", version: 3 });
  });

  it("of a server that hangs ends, and its late execution cannot follow a newer owner's", async () => {
    const server = await start();
    const { link, journal } = await bench(server);
    await journal.append(record(0));
    server.pause();
    try {
      await assert.rejects(journal.append(record(1)), { code: "journalUnavailable" });
      await eventually(
        () => link.commands.isReady || journal.strongest === "fsync",
        false,
        "all are given up",
      );
    } finally {
      server.resume();
    }
    await eventually(() => link.commands.isReady && journal.strongest === "fsync", true);
    await writeOwner(link.commands, ROOM, SECOND);
    const { version } = await journal.load(ROOM);
    const answer = await journal.append(record(version, { owner: SECOND }));
    assert.deepEqual(answer, { kind: "appended", version: version + 1 });
    assert.deepEqual(await versions(journal), upTo(version + 1));
  });
});

describe("durability", { timeout: LIMIT_MS }, () => {
  const missing = (durability: Durability, journal: RedisJournal): Promise<void> =>
    assert.rejects(journal.append(record(0, { durability })), { code: "durabilityMissing" });

  it("is never promised beyond what the server holds", async () => {
    const without = (await bench(await start({ appendonly: "no" }))).journal;
    assert.equal(without.strongest, "memory");
    await missing("periodic", without);
    const everysec = (await bench(await start({ appendfsync: "everysec" }))).journal;
    assert.equal(everysec.strongest, "periodic");
    await missing("fsync", everysec);
    const always = (await bench(await start())).journal;
    assert.equal(always.strongest, "fsync");
    await missing("replicated", always);
    assert.deepEqual(await always.append(record(0)), { kind: "appended", version: 1 });
  });

  it("fsync: what was acknowledged is there after kill -9, and nothing in between is missing", async () => {
    const server = await start();
    const { link, journal } = await bench(server);
    let acknowledged = 0;
    let sent = 0;
    let isOver = false;
    const rounds = (async () => {
      while (!isOver) {
        const batch = Array.from({ length: 20 }, () => journal.append(record(sent++)));
        for (const each of batch) {
          const answer = await each.catch(() => undefined);
          if (answer?.kind === "appended") acknowledged = Math.max(acknowledged, answer.version);
          else isOver = true;
        }
      }
    })();
    await eventually(() => acknowledged > 100, true);
    await server.kill("SIGKILL");
    await rounds;
    await server.start();
    await eventually(() => link.commands.isReady && journal.strongest === "fsync", true);
    const found = await versions(journal);
    assert.deepEqual(found, upTo(found.length), "no gaps");
    assert.ok(found.length >= acknowledged, `${acknowledged} were acknowledged, ${found.length} are there`);
    assert.ok(found.length <= sent);
  });

  it("replicated: a replica has it before it is acknowledged, and takes over with all of it", async () => {
    const { primary, replica } = await RedisServer.pair();
    open.push(
      () => primary.stop(),
      () => replica.stop(),
    );
    const { journal } = await bench(primary);
    assert.equal(journal.strongest, "replicated");
    const appends = upTo(200).map((version) =>
      journal.append(record(version - 1, { durability: "replicated" })),
    );
    let acknowledged = 0;
    for (const each of appends) {
      assert.equal((await each).kind, "appended");
      acknowledged++;
      if (acknowledged % 50 !== 0) continue;
      assert.ok(Number(replica.cli("llen", entityKeys(ROOM).log)) >= acknowledged);
    }
    await primary.kill("SIGKILL");
    replica.cli("replicaof", "no", "one");
    assert.equal(replica.cli("llen", entityKeys(ROOM).log), "200");
  });

  it("replicated: without a replica's word it is not acknowledged, and its outcome is unknown", async () => {
    const { primary, replica } = await RedisServer.pair();
    open.push(
      () => primary.stop(),
      () => replica.stop(),
    );
    const { journal } = await bench(primary);
    const durability = "replicated";
    await journal.append(record(0, { durability }));
    replica.pause();
    try {
      const refused = [1, 2].map((at) => journal.append(record(at, { durability })));
      for (const each of refused) {
        await assert.rejects(each, ({ code, details }) => {
          assert.deepEqual([code, details.outcome], ["journalUnavailable", "unknown"]);
          return true;
        });
      }
    } finally {
      replica.resume();
    }
    // The primary had them all the same, and a load is what tells.
    await eventually(() => versions(journal).catch(() => []), [1, 2, 3]);
    assert.equal((await journal.append(record(3, { durability }))).kind, "appended");
  });
});

describe("an append that is to be as durable as can be", { timeout: LIMIT_MS }, () => {
  it("waits for a replica where there is one, whether that has come or gone since", async () => {
    const { primary, replica } = await RedisServer.pair();
    open.push(
      () => primary.stop(),
      () => replica.stop(),
    );
    const { journal } = await bench(primary);
    let version = 0;
    const seen: string[] = [];
    /** The one in between does not overtake those that have to be thought about. */
    const three = async (): Promise<readonly string[]> => {
      const appends = [true, false, true].map((isStrongest, at) =>
        journal.append(record(version + at, { isStrongest })).then(
          ({ kind }) => kind,
          (error: unknown) => (error instanceof Fault ? error.code : "failed"),
        ),
      );
      const outcomes = await Promise.all(appends);
      ({ version } = await journal.load(ROOM));
      seen.push(...outcomes);
      return outcomes;
    };
    const stored = ["appended", "appended", "appended"];
    assert.deepEqual(await three(), stored);
    assert.equal(replica.cli("llen", entityKeys(ROOM).log), "3");
    await replica.kill("SIGKILL");
    await primary.untilInfo("replication", /connected_slaves:0/);
    // It was there a moment ago: then it is waited for once in vain.
    await eventually(three, stored);
    assert.equal(journal.strongest, "fsync");
    await replica.start();
    await primary.untilInfo("replication", /slave0:.*state=online/);
    const strongest = async (): Promise<Durability> => {
      assert.deepEqual(await three(), stored);
      return journal.strongest;
    };
    await eventually(strongest, "replicated");
    assert.equal(replica.cli("llen", entityKeys(ROOM).log), String(version));
    assert.ok(!seen.includes("conflict"));
  });
});

describe("a server that is not fit when it comes back", { timeout: LIMIT_MS }, () => {
  it("is looked at again, so that the journal goes on as soon as it is fit", async () => {
    const server = await start();
    const { journal } = await bench(server);
    await journal.append(record(0));
    server.cli("replicaof", "127.0.0.1", "1");
    server.cli("client", "kill", "type", "normal");
    const hasLooked = (): boolean =>
      /name=banyan:test\/journal:replicated.* cmd=config/.test(server.cli("client", "list"));
    await eventually(hasLooked, true);
    await assert.rejects(journal.append(record(1)), { code: "journalUnavailable" });
    server.cli("replicaof", "no", "one");
    const kind = async (): Promise<string> =>
      (await journal.append(record(1)).catch(() => ({ kind: "refused" }))).kind;
    await eventually(kind, "appended");
  });
});

describe("what Redis has no room for, or has damaged", { timeout: LIMIT_MS }, () => {
  it("is refused as full, and nothing of it is stored", async () => {
    const server = await start();
    const { journal } = await bench(server);
    await journal.append(record(0));
    server.cli("config", "set", "maxmemory", "1");
    await assert.rejects(journal.append(record(1)), { code: "journalFull" });
    server.cli("config", "set", "maxmemory", "0");
    assert.deepEqual(await journal.append(record(1)), { kind: "appended", version: 2 });
  });

  it("is told as damage: a record that is missing, a key of another type", async () => {
    const server = await start();
    const { journal } = await bench(server);
    await Promise.all([0, 1, 2].map((at) => journal.append(record(at))));
    const second = "redis.call('lrem', KEYS[1], 1, redis.call('lindex', KEYS[1], 1))";
    server.cli("eval", second, "1", entityKeys(ROOM).log);
    await assert.rejects(versions(journal), { code: "journalCorrupt", message: /version 2, .*missing/ });
    server.cli("set", entityKeys(ROOM).log, "text");
    await assert.rejects(journal.append(record(3)), { code: "journalCorrupt" });
  });

  it("is told as damage to who pages through a history", async () => {
    const server = await start();
    const { journal } = await bench(server);
    await Promise.all([0, 1, 2, 3].map((at) => journal.append(record(at))));
    const page = (fromVersion: number): Promise<readonly { version: number }[]> =>
      journal.read(ROOM, { fromVersion, limit: 10 });
    const { log } = entityKeys(ROOM);
    server.cli("lpop", log);
    assert.deepEqual(
      (await page(1)).map(({ version }) => version),
      [2, 3, 4],
      "it may have been trimmed",
    );
    const third = "redis.call('lrem', KEYS[1], 1, redis.call('lindex', KEYS[1], 1))";
    server.cli("eval", third, "1", log);
    await assert.rejects(page(1), { code: "journalCorrupt", message: /version 3, .*missing/ });
    server.cli("rpop", log);
    await assert.rejects(page(4), { code: "journalCorrupt", message: /version 4, .*missing/ });
  });

  it("is told as damage: records of which nobody knows the version", async () => {
    const server = await start();
    const { journal } = await bench(server);
    await journal.append(record(0));
    server.cli("del", entityKeys(ROOM).state);
    await assert.rejects(journal.append(record(0)), { code: "journalCorrupt" });
    assert.equal(server.cli("llen", entityKeys(ROOM).log), "1", "nothing was added");
  });
});

describe("the index of entities", { timeout: LIMIT_MS }, () => {
  it("names too many after a crash, never too few; the list leaves out what has no records", async () => {
    const server = await start();
    const { link, journal } = await bench(server);
    await journal.append(record(0));
    const half = { type: "room", id: "half" };
    // What a crash between index and first record leaves.
    await link.commands.command("zadd", entityIndexKey("room", indexPartOf(half)), 0, "half");
    assert.deepEqual(await journal.list("room", { limit: 10 }), [{ entity: ROOM, version: 1 }]);
  });

  it("is written before the first record: where the index fails nothing is stored", async () => {
    const server = await start();
    const { journal } = await bench(server);
    server.cli("set", entityIndexKey("room", indexPartOf(ROOM)), "text");
    const refused = [0, 1].map((at) => assert.rejects(journal.append(record(at))));
    await Promise.all(refused);
    assert.equal(server.cli("exists", entityKeys(ROOM).log), "0");
  });

  it("gets back with the next snapshot what a failover has taken", async () => {
    const server = await start();
    const { journal } = await bench(server);
    await journal.append(record(0));
    server.cli("del", entityIndexKey("room", indexPartOf(ROOM)));
    await journal.snapshot({ entity: ROOM, owner: FIRST, version: 1, bytes: new Uint8Array(3), keepFrom: 2 });
    assert.deepEqual(await journal.list("room", { limit: 10 }), [
      { entity: ROOM, version: 1, snapshotVersion: 1 },
    ]);
  });
});

describe("closing", { timeout: LIMIT_MS }, () => {
  it("waits for what is under way, and takes nothing more", async () => {
    const { journal } = await bench(await start());
    const appends = Promise.all(upTo(50).map((version) => journal.append(record(version - 1))));
    await journal.close();
    assert.equal(
      (await appends).every(({ kind }) => kind === "appended"),
      true,
    );
    await assert.rejects(journal.append(record(50)), { code: "journalClosed" });
    await assert.rejects(journal.load(ROOM), { code: "journalClosed" });
  });
});
