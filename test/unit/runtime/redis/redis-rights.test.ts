import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KEY_FAMILIES } from "../../../../runtime/redis/redis-keys.ts";
import { neededRules, rightsProblem } from "../../../../runtime/redis/redis-rights.ts";

/** Whether a pattern of an ACL, which ends in a star, takes this in. */
const takesIn = (rule: string, text: string): boolean => text.startsWith(rule.slice(1, -1));

describe("the rights that a user of Redis needs", () => {
  it("take in every key and every channel, and no more than a family begins with", () => {
    const rules = neededRules();
    for (const { pattern, type } of KEY_FAMILIES) {
      const sign = type === "channel" ? "&" : "~";
      const example = pattern.replace("*", "any");
      assert.ok(
        rules.some((rule) => rule.startsWith(sign) && takesIn(rule, example)),
        pattern,
      );
    }
    const patterns = rules.filter((rule) => "~&".includes(rule.charAt(0)));
    for (const pattern of patterns) assert.match(pattern, /^[~&]\{[a-z][:}]+\*$/);
  });

  it("are single commands, and none that ends or empties a server", () => {
    const commands = neededRules().filter((rule) => rule.startsWith("+"));
    assert.ok(commands.length > 40);
    for (const dangerous of ["flushall", "flushdb", "shutdown", "keys", "config|set", "debug", "config"]) {
      assert.ok(!commands.includes(`+${dangerous}`), dangerous);
    }
    assert.ok(!commands.some((rule) => rule.includes("@")));
  });

  it("are named as ACL SETUSER takes them when some are missing", () => {
    assert.deepEqual(rightsProblem([]), []);
    assert.match(rightsProblem(["+xadd", "~{n:*"]).join(), /ACL SETUSER it with \+xadd ~\{n:\*/);
  });
});
