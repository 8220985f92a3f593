import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { durationText } from "../../../../runtime/alarms/duration-text.ts";
import { noticeText } from "../../../../runtime/alarms/notice-text.ts";
import { SAMPLE_ALARM, sampleNotice } from "../../../support/sample-notice.ts";

describe("the words of an alarm", () => {
  it("say how grave it is, where, what and since when", () => {
    assert.deepEqual(noticeText("elm", sampleNotice()), {
      title: "CRITICAL [elm] the disk of /data is full",
      lines: ["key: disk.full:/data", "since: 2026-01-02T03:04:05.000Z", "freeBytes: 0", "path: /data"],
    });
  });

  it("say of an end how it came and how long it took", () => {
    const endedAtMs = SAMPLE_ALARM.firstAtMs + 200_000;
    const titles = (["cleared", "quiet", "closed"] as const).map(
      (end) => noticeText("elm", sampleNotice({ state: "ended", endedAtMs, end }, "recovered")).title,
    );
    assert.match(titles[0] ?? "", /^RECOVERED \[elm\]/);
    assert.match(titles[1] ?? "", /^QUIET, it has not happened again/);
    assert.match(titles[2] ?? "", /^CLOSED by an operator/);
    const { lines } = noticeText("elm", sampleNotice({ endedAtMs, end: "cleared", count: 3 }, "recovered"));
    assert.ok(lines.includes("lasted: 3 min 20 s"));
    assert.ok(lines.includes("raised: 3 times"));
  });

  it("say of an escalation why it comes", () => {
    assert.match(noticeText("elm", sampleNotice({}, "escalated")).title, /nobody has acknowledged it/);
  });

  it("let nothing from elsewhere begin a line or turn the text around", () => {
    const { title, lines } = noticeText(
      "elm",
      sampleNotice({ summary: "a\nb\u202ec", details: { x: "1\r\n2" } }),
    );
    assert.equal(title, "CRITICAL [elm] a b c");
    assert.equal(lines.at(-1), "x: 1  2");
  });

  it("keep to a length", () => {
    const details = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`d${index}`, "x".repeat(9_000)]),
    );
    const { lines } = noticeText("elm", sampleNotice({ details }));
    assert.equal(lines.length, 14);
    assert.ok(lines.every((line) => line.length < 520));
  });
});

describe("a duration", () => {
  it("is told in its two largest units", () => {
    const told = [0, 999, 42_000, 60_000, 200_000, 3_600_000, 7_500_000, 273_600_000, -5].map(durationText);
    assert.deepEqual(told, [
      "0 s",
      "1 s",
      "42 s",
      "1 min",
      "3 min 20 s",
      "1 h",
      "2 h 5 min",
      "3 d 4 h",
      "0 s",
    ]);
  });
});
