import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRedisUrl } from "../../../../runtime/redis/redis-url.ts";
import type { RedisTarget } from "../../../../runtime/redis/redis-url.ts";

const SINGLE = { kind: "single", isEncrypted: false, database: 0 } as const;

function target(text: string): RedisTarget {
  const url = parseRedisUrl(text);
  assert.equal(url.kind, "target", text);
  return (url as { target: RedisTarget }).target;
}

function problem(text: string): string {
  const url = parseRedisUrl(text);
  assert.equal(url.kind, "refused", text);
  return (url as { problem: string }).problem;
}

describe("a Redis URL", () => {
  it("names one server, with the usual port and database unless it says otherwise", () => {
    assert.deepEqual(target("redis://localhost"), { ...SINGLE, hosts: [{ host: "localhost", port: 6379 }] });
    assert.deepEqual(target("redis://10.0.0.1:6380/2"), {
      ...SINGLE,
      hosts: [{ host: "10.0.0.1", port: 6380 }],
      database: 2,
    });
    assert.deepEqual(target("redis://[::1]:6380").hosts, [{ host: "::1", port: 6380 }]);
  });

  it("may ask for TLS, in every kind", () => {
    for (const scheme of ["rediss", "rediss+sentinel", "rediss+cluster"]) {
      assert.equal(target(`${scheme}://a${scheme === "rediss+sentinel" ? "/main" : ""}`).isEncrypted, true);
    }
  });

  it("carries a user and a password, percent-encoded", () => {
    const { username, password } = target("redis://banyan:p%40ss%3A%2F@localhost");
    assert.deepEqual({ username, password }, { username: "banyan", password: "p@ss:/" });
    assert.equal(target("redis://:secret@localhost").username, undefined);
  });

  it("names a socket file", () => {
    const { path, hosts } = target("redis+unix:///run/redis.sock");
    assert.deepEqual({ path, hosts }, { path: "/run/redis.sock", hosts: [] });
  });

  it("names Sentinels and what they call the primary", () => {
    assert.deepEqual(target("redis+sentinel://:p@s1,s2:26380/main/3?sentinelPassword=q"), {
      kind: "sentinel",
      isEncrypted: false,
      password: "p",
      hosts: [
        { host: "s1", port: 26_379 },
        { host: "s2", port: 26_380 },
      ],
      masterName: "main",
      database: 3,
      sentinelPassword: "q",
    });
  });

  it("names nodes of a Redis Cluster", () => {
    const { kind, hosts } = target("redis+cluster://a:7000,b:7001");
    assert.equal(kind, "cluster");
    assert.deepEqual(hosts, [
      { host: "a", port: 7000 },
      { host: "b", port: 7001 },
    ]);
  });

  it("that means nothing is refused with the part that is wrong", () => {
    assert.match(problem("localhost:6379"), /redis:\/\/host:6379/);
    assert.match(problem("http://localhost"), /scheme http:/);
    assert.match(problem("redis://a:70000"), /port "70000" of a/);
    assert.match(problem("redis://a:"), /port "" of a/);
    assert.match(problem("redis://"), /host 1 should be/);
    assert.match(problem("redis+cluster://a,b c"), /host 2 should be/);
    assert.match(problem("redis://a,b"), /several hosts need/);
    assert.match(problem("redis://a/x"), /database "x"/);
    assert.match(problem("redis://a/16"), /database "16"/);
    assert.match(problem("redis+cluster://a/1"), /no database but 0/);
    assert.match(problem("redis+sentinel://a"), /name of the primary is missing/);
    assert.match(problem("redis+unix://a/b"), /absolute path/);
    assert.match(problem("redis://banyan@a"), /no password/);
    assert.match(problem("redis://a?timeout=3"), /\?timeout/);
  });

  it("never repeats its password when it is refused", () => {
    for (const text of ["redis://u:tops3cret%@a", "redis://u:tops3cret@a:b", "redis://u:tops3cret@a/x?y=1"]) {
      assert.doesNotMatch(problem(text), /tops3cret/);
    }
  });

  it("never repeats a password that was not percent-encoded, nor takes a part of it for a host", () => {
    for (const rest of [
      "tops3cret/x@a",
      "x/tops3cret@a",
      "x?tops3cret@a",
      "x#tops3cret@a",
      "x@tops3cret@a",
    ]) {
      assert.doesNotMatch(problem(`redis://u:${rest}`), /tops3cret/, rest);
    }
    assert.doesNotMatch(problem("redis://u:tops3cret"), /tops3cret/, "the host is forgotten");
  });

  it("gives back any password, user and host, and throws at nothing", () => {
    const word = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 65_535 }), (username, password, port) => {
        const access = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
        const parsed = target(`redis://${access}@h:${port}`);
        assert.deepEqual(
          [parsed.username, parsed.password, parsed.hosts[0]?.port],
          [username, password, port],
        );
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseRedisUrl(text)));
    fc.assert(fc.property(fc.string(), (text) => void parseRedisUrl(`redis://${text}`)));
  });
});
