import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { entityKeys } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { defineScript } from "../../../runtime/redis/redis-script.ts";
import type { RedisScript } from "../../../runtime/redis/redis-script.ts";
import { APPEND_SCRIPT } from "../../../runtime/redis/scripts/append-script.ts";
import { CLAIM_SCRIPT } from "../../../runtime/redis/scripts/claim-script.ts";
import { RECORDS_SCRIPT } from "../../../runtime/redis/scripts/records-script.ts";
import { REMOVE_SCRIPT } from "../../../runtime/redis/scripts/remove-script.ts";
import { RESTORE_SCRIPT } from "../../../runtime/redis/scripts/restore-script.ts";
import { SNAPSHOT_SCRIPT } from "../../../runtime/redis/scripts/snapshot-script.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { writeOwner } from "../../support/write-owner.ts";

const LIMIT_MS = 60_000;
const ENTITY = { type: "room", id: "1" };
const KEYS = Object.values(entityKeys(ENTITY));
const [OWN, STATE, LOG] = KEYS as [string, string, string];
const EPOCH = 9_007_199_254_740_990;
const OWNER = [EPOCH, "a"] as const;

describe("the scripts of the journal", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  let link: RedisLink;
  before(async () => {
    server = await RedisServer.start({ appendfsync: "no" });
    link = await openRedis(server);
  });
  after(async () => {
    await link.close();
    await server.stop();
  });
  beforeEach(async () => {
    await link.commands.command("flushall");
    await writeOwner(link.commands, ENTITY, { ownerEpoch: EPOCH, incarnation: "a" });
  });

  const append = async (
    expected: number,
    [epoch, incarnation]: readonly [number, string] = OWNER,
  ): Promise<unknown> => {
    const args = [epoch, incarnation, expected, expected + 1, `r${expected + 1}`];
    const [answer] = (await link.commands.script(APPEND_SCRIPT, KEYS, args)) as unknown[];
    return answer;
  };
  const snapshot = (version: number, keepFrom: number): Promise<unknown> =>
    link.commands.script(SNAPSHOT_SCRIPT, KEYS, [...OWNER, version, keepFrom, `s${version}`]);
  const stored = async (): Promise<unknown> => [
    await link.commands.command("lrange", LOG, 0, -1),
    await link.commands.command("hgetall", STATE),
  ];

  it("append: the last record is that of the version", async () => {
    assert.equal(await append(0), 1);
    assert.equal(await append(1), 1);
    assert.deepEqual(await stored(), [["r1", "r2"], { v: "2" }]);
  });

  it("append: another version than the stored one is a conflict, and stores nothing", async () => {
    await append(0);
    const earlier = await stored();
    assert.deepEqual(await append(0), ["conflict", "1"]);
    assert.deepEqual(await append(2), ["conflict", "1"]);
    assert.deepEqual(await stored(), earlier);
  });

  it("append: a log that has lost records, or has some too many, is not added to", async () => {
    for (let version = 0; version < 5; version++) await append(version);
    await snapshot(4, 3);
    assert.deepEqual(await stored(), [["r3", "r4", "r5"], { v: "5", s: "4", d: "s4" }]);
    await link.commands.command("ltrim", LOG, -1, -1);
    assert.equal(await append(5), 1, "all behind the snapshot are there");
    const damaged = async (expected: number): Promise<void> => {
      const earlier = await stored();
      assert.match(String(await append(expected)), /^failed,DAMAGED /);
      assert.deepEqual(await stored(), earlier);
    };
    await link.commands.command("ltrim", LOG, -1, -1);
    await damaged(6);
    await link.commands.command("del", LOG);
    await damaged(6);
    await link.commands.command("rpush", LOG, ...Array.from({ length: 7 }, () => "r"));
    await damaged(6);
    await link.commands.command("ltrim", LOG, -2, -1);
    await link.commands.command("hset", STATE, "s", "text");
    await damaged(6);
    await link.commands.command("del", STATE);
    await damaged(0);
  });

  it("append: leaves nothing in a damaged log, be it of a stranger, of an old version, or one of several", async () => {
    for (let version = 0; version < 3; version++) await append(version);
    await link.commands.command("del", LOG);
    const earlier = await stored();
    assert.deepEqual(await append(3, [EPOCH, "b"]), ["fenced", String(EPOCH), "a"]);
    assert.deepEqual(await append(2), ["conflict", "3"]);
    const whole = { type: "room", id: "2" };
    await writeOwner(link.commands, whole, { ownerEpoch: EPOCH, incarnation: "a" });
    const records = [
      { entity: ENTITY, expected: 3 },
      { entity: whole, expected: 0 },
      { entity: ENTITY, expected: 4 },
      { entity: whole, expected: 1 },
      { entity: ENTITY, expected: 3 },
    ];
    const answers = (await link.commands.script(
      APPEND_SCRIPT,
      records.flatMap(({ entity }) => Object.values(entityKeys(entity))),
      records.flatMap(({ expected }) => [...OWNER, expected, expected + 1, `r${expected + 1}`]),
    )) as unknown[];
    const [first, second, third, fourth, fifth] = answers;
    assert.match(String(first), /^failed,DAMAGED a log of 0 records at version 3$/);
    assert.deepEqual([second, third, fourth], [1, ["conflict", "3"], 1]);
    assert.match(String(fifth), /^failed,DAMAGED a log of 0 records at version 3$/);
    assert.deepEqual(await stored(), earlier);
    assert.deepEqual(await link.commands.command("lrange", entityKeys(whole).log, 0, -1), ["r1", "r2"]);
  });

  it("append: decides each of some entities by itself", async () => {
    const other = { type: "room", id: "2" };
    await writeOwner(link.commands, other, { ownerEpoch: EPOCH, incarnation: "a" });
    const broken = { type: "room", id: "3" };
    await writeOwner(link.commands, broken, { ownerEpoch: EPOCH, incarnation: "a" });
    await link.commands.command("set", entityKeys(broken).state, "text");
    const record = (expected: number): (string | number)[] => [...OWNER, expected, expected + 1, "r"];
    const keys = [ENTITY, broken, ENTITY, other, ENTITY].flatMap((entity) =>
      Object.values(entityKeys(entity)),
    );
    const args = [record(0), record(0), record(7), record(0), record(1)].flat();
    const [first, failed, conflict, second, third] = (await link.commands.script(
      APPEND_SCRIPT,
      keys,
      args,
    )) as unknown[];
    assert.deepEqual([first, conflict, second, third], [1, ["conflict", "1"], 1, 1]);
    assert.match(String(failed), /^failed,WRONGTYPE/);
  });

  it("all: an older epoch, a newer one that owns nothing, another incarnation of the same one are fenced", async () => {
    await append(0);
    const earlier = await stored();
    const fenced = ["fenced", String(EPOCH), "a"];
    const strangers = [
      [EPOCH - 1, "a"],
      [EPOCH + 1, "a"],
      [EPOCH, "b"],
      [EPOCH, ""],
    ] as const;
    for (const stranger of strangers) {
      assert.deepEqual(await append(1, stranger), fenced);
      assert.deepEqual(await link.commands.script(SNAPSHOT_SCRIPT, KEYS, [...stranger, 1, 2, "s"]), fenced);
      assert.deepEqual(await link.commands.script(REMOVE_SCRIPT, KEYS, stranger), fenced);
    }
    assert.deepEqual(await stored(), earlier);
  });

  it("all: where nobody owns nobody writes", async () => {
    await link.commands.command("hdel", OWN, "i");
    assert.deepEqual(await append(0), ["fenced", String(EPOCH), null]);
    await link.commands.command("del", OWN);
    assert.deepEqual(await append(0), ["fenced", null, null]);
    assert.deepEqual(await stored(), [[], {}]);
  });

  it("snapshot: is stored beside the version, and the records before the one to keep are gone", async () => {
    for (let version = 0; version < 150; version++) await append(version);
    assert.equal(await snapshot(149, 150), 1);
    assert.deepEqual(await stored(), [["r150"], { v: "150", s: "149", d: "s149" }]);
    assert.equal(await append(150), 1, "goes on after it");
  });

  it("snapshot: may take all records, none, or those that are gone already", async () => {
    const records = async (): Promise<unknown> => ((await stored()) as unknown[])[0];
    for (let version = 0; version < 5; version++) await append(version);
    const all = ["r1", "r2", "r3", "r4", "r5"];
    for (const [keepFrom, left] of [
      [1, all],
      [3, all.slice(2)],
      [2, all.slice(2)],
      [5, all.slice(4)],
      [6, []],
      [1, []],
    ] as const) {
      assert.equal(await snapshot(5, keepFrom), 1);
      assert.deepEqual(await records(), left, `kept from ${keepFrom}`);
    }
    assert.equal(await append(5), 1);
    assert.deepEqual(await records(), ["r6"]);
  });

  it("records: from a version on, as many as asked for, of what is left", async () => {
    for (let version = 0; version < 50; version++) await append(version);
    await snapshot(50, 11);
    const read = (from: number, limit: number, bytes = 1_000): Promise<unknown> =>
      link.commands.script(RECORDS_SCRIPT, [STATE, LOG], [from, limit, bytes]);
    const range = (from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, at) => `r${from + at}`);
    assert.deepEqual(await read(1, 3), range(11, 13), "a trimmed history begins where it begins");
    assert.deepEqual(await read(11, 100), range(11, 50));
    assert.deepEqual(await read(20, 17), range(20, 36));
    assert.deepEqual(await read(50, 2), ["r50"]);
    assert.deepEqual(await read(51, 2), []);
    assert.deepEqual(await read(12, 9, 4), ["r12", "r13"], "until there are so many bytes");
    assert.deepEqual(await read(12, 9, 1), ["r12"], "one at least");
    assert.deepEqual(await link.commands.script(RECORDS_SCRIPT, ["{x}:st", "{x}:log"], [1, 9, 9]), []);
  });

  it("records: what is read is little more than what is answered", async () => {
    const large = 10_000;
    await link.commands.command("rpush", LOG, ...Array.from({ length: 16 }, () => "x".repeat(large)));
    await link.commands.command("hset", STATE, "v", 16);
    const read = async (bytes: number): Promise<unknown> => {
      const args = [1, 16, bytes];
      const answer = await link.commands.script(weighed(RECORDS_SCRIPT), [STATE, LOG], args);
      const [found, readBytes] = answer as [string[], number];
      return [found.length, readBytes / large];
    };
    assert.deepEqual(await read(1), [1, 1]);
    assert.deepEqual(await read(5 * large), [5, 5]);
    assert.deepEqual(await read(5 * large + 1), [6, 6]);
    assert.deepEqual(await read(99 * large), [16, 16]);
  });

  it("claim: what does not fit is read once for all claims of a batch, and the small ones before it come along", async () => {
    const room = 1_000;
    const [small, large, count] = ["r".repeat(100), "r".repeat(room + 1), 32];
    const entities = Array.from({ length: count }, (_, at) => entityKeys({ type: "hall", id: String(at) }));
    for (const [at, { log, state }] of entities.entries()) {
      const records = Array.from({ length: 4 }, () => (at < 2 ? small : large));
      await link.commands.command("rpush", log, ...records);
      await link.commands.command("hset", state, "v", 4);
    }
    const keys = entities.flatMap(({ own, state, log }) => [own, state, log]);
    const args = ["a", "node", room, 64, 0, ...entities.flatMap(() => ["", ""])];
    const answer = await link.commands.script(weighed(CLAIM_SCRIPT), keys, args);
    const [claims, readBytes] = answer as [[number, unknown][], number];
    assert.ok(claims.every(([epoch]) => epoch > 0));
    const ahead = claims.map(([, all]) => all).filter((all) => all !== null);
    const whole = [4, null, null, Array.from({ length: 4 }, () => small)];
    assert.deepEqual(ahead, [whole, whole]);
    assert.equal(readBytes, 8 * small.length + large.length);
  });

  it("restore: begins what is unknown, and nothing else; a log without a version is damage", async () => {
    const restore = (): Promise<unknown> => link.commands.script(RESTORE_SCRIPT, KEYS, [...OWNER, 5, "s5"]);
    await link.commands.command("rpush", LOG, "j1");
    await assert.rejects(restore, { code: "redisRefused", message: /DAMAGED/ });
    assert.deepEqual(await stored(), [["j1"], {}]);
    await link.commands.command("del", LOG);
    assert.equal(await restore(), 1);
    assert.deepEqual(await restore(), ["conflict", "5"]);
    assert.equal(await append(5), 1);
    assert.deepEqual(await stored(), [["r6"], { v: "6", s: "5", d: "s5" }]);
  });

  it("snapshot: an older one changes nothing, one ahead of the records is a conflict", async () => {
    for (let version = 0; version < 3; version++) await append(version);
    await snapshot(2, 1);
    const earlier = await stored();
    assert.equal(await snapshot(1, 2), 1);
    assert.deepEqual(await snapshot(4, 1), ["conflict", "3"]);
    assert.deepEqual(await stored(), earlier);
  });

  it("remove: leaves nothing but the owner", async () => {
    await append(0);
    await snapshot(1, 2);
    assert.equal(await link.commands.script(REMOVE_SCRIPT, KEYS, [...OWNER]), 1);
    assert.deepEqual(await link.commands.command("keys", "*"), [OWN]);
    assert.equal(await append(0), 1, "begins anew");
  });
});

/** Answers what the script does, and how many bytes of records it has read for that. */
function weighed(script: RedisScript): RedisScript {
  return defineScript(
    `weighed-${script.name}`,
    `
local server, bytes = redis, 0
local redis = { error_reply = server.error_reply }
function redis.call(name, ...)
  local answer = server.call(name, ...)
  if name == 'LRANGE' then
    for _, record in ipairs(answer) do bytes = bytes + #record end
  end
  return answer
end
local function run()
${script.lua}
end
return { run(), bytes }
`,
  );
}
