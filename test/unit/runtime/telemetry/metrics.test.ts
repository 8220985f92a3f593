import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";

describe("metrics", () => {
  it("read a gauge at each look, and not between", async () => {
    const metrics = new Metrics();
    let looks = 0;
    metrics.gauge({ name: "banyan_looks", help: "How often somebody looked.", read: () => ++looks });
    assert.equal(looks, 0);
    assert.match(await metrics.text(), /^banyan_looks 1$/m);
    assert.match(await metrics.text(), /^banyan_looks 2$/m);
  });

  it("show a counter's own value, not the sum of all looks", async () => {
    const metrics = new Metrics();
    metrics.counter({ name: "banyan_frames_total", help: "Frames.", read: () => 7 });
    await metrics.text();
    assert.match(await metrics.text(), /^# TYPE banyan_frames_total counter\nbanyan_frames_total 7$/m);
  });

  it("drop a label that is no longer there", async () => {
    const metrics = new Metrics();
    const reasons = new Map([
      ["actorGone", 2],
      ["leftInMailbox", 1],
    ]);
    metrics.counter({
      name: "banyan_dead_letters_total",
      help: "Dead letters.",
      labels: ["reason"],
      read: () => [...reasons].map(([reason, value]) => ({ value, labels: { reason } })),
    });
    assert.match(await metrics.text(), /reason="leftInMailbox"\} 1/);
    reasons.delete("leftInMailbox");
    const text = await metrics.text();
    assert.match(text, /reason="actorGone"\} 2/);
    assert.doesNotMatch(text, /leftInMailbox/);
  });
});
