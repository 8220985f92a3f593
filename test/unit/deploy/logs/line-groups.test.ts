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

  it("become the fields that nginx has written, at the time that it says", () => {
    const groups = new LineGroups(ORIGIN);
    const lines = [
      '10.0.0.1 - - [22/Nov/2026:21:45:22 +0000] "GET /a HTTP/1.1" 200 7 "-" "curl/8"',
      '10.0.0.1 - - [no time] "GET /a HTTP/1.1" 200 7 "-" "curl/8"',
    ];
    const atMs = Date.parse("2026-11-22T21:45:22Z");
    for (const line of lines) groups.add(line, atMs + 5_000);
    const [nginx, other] = groups.take()?.logs ?? [];
    assert.equal(nginx?.seconds, atMs / 1000);
    assert.deepEqual(Object.fromEntries(nginx?.fields ?? []), {
      remote_addr: "10.0.0.1",
      time_local: "22/Nov/2026:21:45:22 +0000",
      request: "GET /a HTTP/1.1",
      status: "200",
      body_bytes_sent: "7",
      http_user_agent: "curl/8",
    });
    assert.deepEqual(other, { seconds: atMs / 1000 + 5, fields: [["content", lines[1]]] });
  });

  it("are left out, and counted, when the service does not take their time: it would refuse all that are put with them", () => {
    const groups = new LineGroups(ORIGIN);
    const atMs = Date.parse("2026-11-22T21:45:22Z");
    const line = '10.0.0.1 - - [22/Nov/2026:21:45:22 +0000] "GET /a HTTP/1.1" 200 7 "-" "curl/8"';
    const dayMs = 86_400_000;
    for (const nowMs of [atMs + 7 * dayMs, atMs + 6 * dayMs, atMs - 1_000_000, atMs - 60_000]) {
      groups.add(line, nowMs);
    }
    assert.deepEqual([groups.take()?.logs.length, groups.leftOut], [2, 2]);
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
