import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineGroups } from "../../../../deploy/logs/line-groups.ts";

const ORIGIN = { topic: "web", source: "here", hostname: "host" };

describe("lines that are put", () => {
  it("become the fields of their JSON, or one field", () => {
    const groups = new LineGroups(ORIGIN);
    for (const line of ['{"status":200,"uri":"/","ok":true,"list":[1]}', "", "plain words", "{broken"]) {
      assert.equal(groups.add(line, 5999), undefined);
    }
    assert.deepEqual(groups.take(), {
      topic: "web",
      source: "here",
      tags: [["__hostname__", "host"]],
      logs: [
        {
          seconds: 5,
          fields: [
            ["status", "200"],
            ["uri", "/"],
            ["ok", "true"],
            ["list", "[1]"],
          ],
        },
        { seconds: 5, fields: [["content", "plain words"]] },
        { seconds: 5, fields: [["content", "{broken"]] },
      ],
    });
    assert.equal(groups.take(), undefined);
  });

  it("are a group of their own when they are many, or large", () => {
    const groups = new LineGroups(ORIGIN);
    const sizes: number[] = [];
    for (let line = 0; line < 2500; line++) sizes.push(groups.add("x", 0)?.logs.length ?? 0);
    sizes.push(groups.add("y".repeat(600_000), 0)?.logs.length ?? 0);
    assert.deepEqual(
      sizes.filter((size) => size > 0),
      [1000, 1000, 501],
    );
  });
});
