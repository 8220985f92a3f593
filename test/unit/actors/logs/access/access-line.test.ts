import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { accessLine, lossLine, LOSS_MARK } from "../../../../../actors/logs/access/access-line.ts";
import type { AccessRecord } from "../../../../../runtime/net/access-tap.ts";

const RECORD: AccessRecord = {
  kind: "http",
  listener: "web",
  method: "GET",
  route: "/chatroom/live",
  path: "/chatroom/live",
  status: 200,
  bytesIn: 0,
  bytesOut: 76,
  durationMs: 12.4,
  address: "127.0.0.1",
  agent: "",
};

describe("a line of the gateway's records", () => {
  it("calls things as nginx does, with the duration in seconds", () => {
    assert.deepEqual(JSON.parse(accessLine(RECORD, 1_795_360_954_570.5)), {
      time: 1_795_360_954_570,
      kind: "http",
      listener: "web",
      request_method: "GET",
      route: "/chatroom/live",
      uri: "/chatroom/live",
      status: 200,
      request_length: 0,
      bytes_sent: 76,
      request_time: 0.012,
      remote_addr: "127.0.0.1",
    });
  });

  it("is one line of JSON whatever a client sends", () => {
    const text = fc.string({ unit: "binary", maxLength: 2_000 });
    fc.assert(
      fc.property(text, text, (path, agent) => {
        const line = accessLine({ ...RECORD, path, agent }, 1);
        const read = JSON.parse(Buffer.from(line).toString()) as { uri: string; http_user_agent?: string };
        assert.equal(line.indexOf("\n"), line.length - 1);
        assert.ok(read.uri.length <= 1_024 && (read.http_user_agent ?? "").length <= 256);
        const isWhole = path.length <= 1_024 && Buffer.from(path).toString() === path;
        if (isWhole) assert.equal(read.uri, path);
      }),
    );
  });

  it("says how many could not be written by its first word", () => {
    assert.ok(lossLine(17, 5).startsWith(`${LOSS_MARK}17,`));
    assert.deepEqual(JSON.parse(lossLine(17, 5)), { lost: 17, time: 5 });
  });
});
