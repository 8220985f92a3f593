import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { channelRules } from "../../../../runtime/alarms/channel-rules.ts";
import { TokenBucket } from "../../../../runtime/net/token-bucket.ts";

const TIMES = { timeoutMs: 10_000, retryForMs: 3_600_000 };

describe("the pace of a channel", () => {
  it("never exceeds what a minute may hold, in any minute", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), (perMinute) => {
        const { rate } = channelRules(TIMES, { kind: "webhook", perMinute });
        assert.ok(rate !== undefined);
        const bucket = new TokenBucket(rate, 0);
        const sent: number[] = [];
        for (let nowMs = 0; nowMs < 180_000;) {
          const waitMs = bucket.take(nowMs);
          if (waitMs === 0) sent.push(nowMs);
          nowMs += waitMs;
        }
        const mostInAMinute = Math.max(
          ...sent.map((fromMs) => sent.filter((atMs) => atMs >= fromMs && atMs < fromMs + 60_000).length),
        );
        assert.ok(mostInAMinute <= perMinute, `${mostInAMinute} of ${perMinute}`);
      }),
      { numRuns: 20 },
    );
  });

  it("is that of robots unless told", () => {
    const { rate } = channelRules(TIMES, { kind: "dingtalk" });
    assert.ok((rate?.burst ?? 99) + (rate?.messagesPerSecond ?? 99) * 60 <= 20);
  });
});
