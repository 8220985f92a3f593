import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CountingLog } from "../../../../runtime/telemetry/counting-log.ts";
import { PacedLog } from "../../../../runtime/telemetry/paced-log.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { LogRecord } from "../../../support/log-record.ts";

function pacedLog() {
  const clock = new VirtualClock();
  const written = new LogRecord();
  const log = new CountingLog(new PacedLog(written, clock));
  const lines = () => written.lines.map(({ event, fields }) => `${event} ${JSON.stringify(fields)}`);
  return { clock, log, lines };
}

describe("the paced log", () => {
  it("writes the first of a flood at once, and with the next line how many it left out", () => {
    const { clock, log, lines } = pacedLog();
    for (let at = 0; at < 1000; at++) log.warn("push.refused", { code: "missing", address: `client ${at}` });
    clock.advance(9_999);
    log.warn("push.refused", { code: "missing" });
    assert.deepEqual(lines(), ['push.refused {"code":"missing","address":"client 0"}']);
    clock.advance(1);
    log.warn("push.refused", { code: "missing" });
    assert.equal(lines()[1], 'push.refused {"code":"missing","leftOut":1000}');
    assert.equal(log.counts.get("push.refused"), 1002, "all are counted");
    clock.advance(10_000);
    log.warn("push.refused", { code: "missing" });
    assert.equal(lines()[2], 'push.refused {"code":"missing"}');
  });

  it("hides nothing else behind a flood: what the catalogue tells apart has a pace of its own", () => {
    const { log, lines } = pacedLog();
    for (let at = 0; at < 10; at++) log.warn("push.refused", { code: "missing" });
    log.warn("push.refused", { code: "replayedNonce" });
    log.warn("remote.notUnderstood", { why: "the bytes are no parcel" });
    log.warn("remote.notUnderstood", { why: "the bytes are no parcel" });
    assert.deepEqual(lines(), [
      'push.refused {"code":"missing"}',
      'push.refused {"code":"replayedNonce"}',
      'remote.notUnderstood {"why":"the bytes are no parcel"}',
    ]);
  });

  it("tells so many values apart and no more, so that no flood fills the memory or the log", () => {
    const { log, lines } = pacedLog();
    for (let at = 0; at < 10_000; at++) log.warn("remote.notUnderstood", { why: `why ${at}` });
    assert.equal(lines().length, 101);
  });

  it("tells others apart once those that it knew have been quiet", () => {
    const { clock, log, lines } = pacedLog();
    for (let at = 0; at < 200; at++) log.warn("remote.notUnderstood", { why: `why ${at}` });
    clock.advance(10_000);
    const before = lines().length;
    for (const why of ["new", "newer", "new", "newer"]) log.warn("remote.notUnderstood", { why });
    assert.deepEqual(lines().slice(before), [
      'remote.notUnderstood {"why":"new"}',
      'remote.notUnderstood {"why":"newer"}',
    ]);
    log.warn("remote.notUnderstood", { why: "why 0" });
    assert.equal(lines().length, before + 3);
  });

  it("writes everything else as often as it comes", () => {
    const { log, lines } = pacedLog();
    for (let at = 0; at < 3; at++) log.error("journal.troubled", { code: "journalFull" });
    assert.equal(lines().length, 3);
  });
});
