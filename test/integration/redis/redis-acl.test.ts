import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { neededRules } from "../../../runtime/redis/redis-rights.ts";
import { eventually } from "../../support/eventually.ts";
import { RedisNode } from "../../support/redis-node.ts";
import { RedisServer } from "../../support/redis-server.ts";

const LIMIT_MS = 120_000;
const SECRET = "a-secret-of-this-test";

describe("a user of Redis with exactly the rights that a cluster needs", { timeout: LIMIT_MS }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await RedisServer.start();
  });
  after(() => redis.stop());

  /** Makes the user anew; `changes` come last. */
  function allow(...changes: readonly string[]): string {
    const rules = ["reset", "on", `>${SECRET}`, ...neededRules(), ...changes];
    assert.equal(redis.cli("acl", "setuser", "banyan", ...rules), "OK");
    return redis.url.replace("//", `//banyan:${SECRET}@`);
  }

  const denials = (): string => redis.cli("acl", "log");

  it("is enough for everything that nodes do", async () => {
    const url = allow();
    redis.cli("acl", "log", "reset");
    const nodes = [await RedisNode.start("a", url), await RedisNode.start("b", url)];
    for (const node of nodes) await eventually(() => node.seesUp(), 2);
    for (let round = 0; round < 20; round++) {
      // A node that was held up longer than its lease takes nothing until it is back.
      for (const node of nodes) {
        await eventually(() => node.enter("fsync", `r${round % 4}`, round), "entered");
      }
    }
    for (const node of nodes) await node.stop();
    assert.equal(denials(), "");
  });

  it("may not do anything else", async () => {
    for (const command of [
      ["flushall"],
      ["keys", "*"],
      ["set", "other", "1"],
      ["config", "set", "save", ""],
    ]) {
      assert.match(redis.cli("acl", "dryrun", "banyan", ...command), /no permissions/);
    }
  });

  it("is told in words what it lacks, before it starts", async () => {
    await assert.rejects(
      RedisNode.start("a", allow("-xtrim", "-config|get")),
      /may not do what is needed: ACL SETUSER it with \+config\|get \+xtrim/,
    );
    const patterns = neededRules().filter((rule) => rule.startsWith("~") && rule !== "~{n:*");
    await assert.rejects(RedisNode.start("a", allow("resetkeys", ...patterns)), /SETUSER it with ~\{n:\*/);
  });

  it("is told so, too, when it may not find that out", async () => {
    const node = await RedisNode.start("a", allow("-acl|dryrun"));
    const warned = node.log.lines.filter(({ event }) => event === "cluster.storeWarning");
    assert.match(
      String(warned[0]?.fields["why"]),
      /cannot be verified: allow it \+acl\|whoami \+acl\|dryrun/,
    );
    await node.stop();
  });
});
