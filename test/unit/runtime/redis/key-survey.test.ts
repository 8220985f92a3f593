import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkKeys, checkServer, drawFamilies } from "../../../../deploy/doctor/redis-check.ts";
import { familyOf, surveyKeys } from "../../../../runtime/redis/key-survey.ts";
import type { RedisConnection, RedisServer } from "../../../../runtime/redis/redis-connection.ts";
import { entityKeys, MEMBER_KEYS } from "../../../../runtime/redis/redis-keys.ts";

/** Servers with these keys and the memory of each, which answer two keys a step. */
function servers(...all: readonly Readonly<Record<string, number>>[]) {
  let steps = 0;
  const asked = all.map((keys): RedisServer => async (name, ...args) => {
    if (name === "memory") return keys[String(args[1])];
    steps++;
    const at = Number(args[0]);
    const names = Object.keys(keys);
    return [String(at + 2 >= names.length ? 0 : at + 2), names.slice(at, at + 2)];
  });
  const connection = { servers: () => asked } as unknown as RedisConnection;
  return { connection, steps: () => steps };
}

const plain = (_style: string, text: string) => text;

describe("a survey of keys", () => {
  it("knows the family of every key that is written, and of no other", () => {
    const { own, log } = entityKeys({ type: "room", id: "a/b" });
    assert.equal(familyOf(own)?.name, "entity owner");
    assert.equal(familyOf(log)?.name, "entity log");
    assert.equal(familyOf(MEMBER_KEYS.lease)?.name, "member leases");
    for (const key of ["hello", "{a:}", "{m}:nodes2", "x{m}:v", "{a:room/a}:other", ":own"]) {
      assert.equal(familyOf(key), undefined, key);
    }
  });

  it("counts keys and memory of all servers by family, in steps", async () => {
    const { connection, steps } = servers(
      { "{a:x/1}:own": 10, "{a:x/2}:own": 20, "{m}:v": 5, hello: 7 },
      { "{a:x/3}:own": 30 },
    );
    const { families, keys, isCut } = await surveyKeys(connection);
    assert.deepEqual([keys, isCut, steps()], [5, false, 3]);
    assert.deepEqual(
      families.map(({ family, keys: count, bytes, example }) => [family?.name, count, bytes, example]),
      [
        ["entity owner", 3, 60, "{a:x/1}:own"],
        [undefined, 1, 7, "hello"],
        ["member view", 1, 5, "{m}:v"],
      ],
    );
  });

  it("ends at a limit, and says that there are more", async () => {
    const keys = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`{a:x/${at}}:own`, 1]));
    const survey = await surveyKeys(servers(keys).connection, 4);
    assert.deepEqual([survey.keys, survey.isCut], [4, true]);
  });

  it("finds a key that nobody has declared", async () => {
    const sound = await surveyKeys(servers({ "{m}:v": 5 }).connection);
    assert.equal(checkKeys(sound).level, "ok");
    assert.match(drawFamilies(sound, plain), /member view +1 +5 B +\{m\}:v +nothing: there is one/);
    const stray = await surveyKeys(servers({ "{m}:v": 5, hello: 9 }).connection);
    assert.deepEqual(
      [checkKeys(stray).level, checkKeys(stray).text],
      ["fail", "2 keys, 1 of no declared family, such as hello"],
    );
    assert.match(drawFamilies(stray, plain), /unknown +1 +9 B +hello +nobody knows/);
  });
});

describe("the Redis of a cluster", () => {
  const facts = {
    version: "7.2.1",
    role: "primary",
    evictionPolicy: "noeviction",
    keepsAppendFile: true,
    appendFsync: "always",
    onlineReplicas: 1,
    minReplicasToWrite: 0,
  } as const;
  const levels = (findings: ReturnType<typeof checkServer>) => findings.map(({ level }) => level);

  it("is told with what it can promise, and with what should be changed", () => {
    const findings = checkServer(facts, "fsync");
    assert.deepEqual(levels(findings), ["ok", "ok", "ok", "warn"]);
    assert.match(
      findings[1]?.text ?? "",
      /appendfsync always; it can promise replicated, and fsync is asked for/,
    );
  });

  it("fails on what keeps a node from starting", () => {
    const findings = checkServer({ ...facts, evictionPolicy: "allkeys-lru", appendFsync: "no" }, "fsync");
    assert.deepEqual(levels(findings), ["ok", "ok", "ok", "fail", "fail", "warn"]);
  });
});
