import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addStatsMetrics } from "../../../../actors/monitoring/stats-metrics.ts";
import type { RouteContext } from "../../../../runtime/net/route.ts";
import { BUILT_IN_METRICS } from "../../../../runtime/counting/built-in-metrics.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";
import { askedCounts } from "../../../support/asked-counts.ts";
import { countsOf, tallyOf } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 1);
/** 11:57 to 12:00 is the last block that is final. */
const WATERMARK = NOW - 40_000;
const BLOCK = Date.UTC(2026, 10, 22, 11, 57);
const LOGS = Array.from({ length: 100 }, (_, index) => ({
  timeMs: BLOCK + index * 1_000,
  status: index % 10 === 0 ? "500" : "200",
  route: `/r${index}`,
  request_method: "GET",
  kind: "http",
  request_time: "0.200",
  bytes_sent: "10",
  remote_addr: `10.0.0.${index % 40}`,
}));
const ACCOUNT = {
  state: "flowing",
  lagMs: 2_500,
};

/** A node whose partitions say this, how often they were asked, and a clock to turn. */
function node() {
  const world = { asked: 0, nowMs: 0, isSilent: false };
  const view = { id: "shop/0", state: "flowing", watermarkMs: WATERMARK, lagMs: 2_500 } as const;
  const { source, context } = askedCounts([{ view, counts: countsOf([tallyOf([], LOGS, NOW)]) }], {
    metrics: BUILT_IN_METRICS,
    nowMs: NOW,
  });
  const ask = async (to: never, message: never): Promise<unknown> => {
    world.asked++;
    if (world.isSilent) throw new Fault("askTimeout", { actor: "count-partial" });
    if ((message as { kind: string }).kind === "account") return { kind: "account", ...ACCOUNT };
    return context.ask(to, message);
  };
  const metrics = new Metrics();
  addStatsMetrics(metrics, {
    source,
    context: { ...context, ask: ask as unknown as RouteContext["ask"] },
    nowMs: () => world.nowMs,
  });
  return { world, metrics };
}

describe("the counts as numbers for collectors", () => {
  it("are those of the last final block, by the dimensions of few values alone", async () => {
    const text = await node().metrics.text();
    assert.match(
      text,
      /^banyan_stats_block_records\{metric="requests",status="2xx",method="GET",kind="http"\} 90$/m,
    );
    assert.match(text, /^banyan_stats_block_records\{.*status="5xx".*\} 10$/m);
    assert.doesNotMatch(text, /\/r1/);
    assert.match(
      text,
      new RegExp(`^banyan_stats_block_start_seconds\\{metric="requests"\\} ${BLOCK / 1_000}$`, "m"),
    );
    assert.match(text, /^banyan_stats_block_sum\{metric="bytes"\} 1000$/m);
    assert.match(text, /^banyan_stats_block_unique\{metric="clients"\} 40$/m);
    const [, p99 = ""] = /latency_seconds\{metric="latency",quantile="0.99"\} ([\d.]+)/.exec(text) ?? [];
    assert.ok(Math.abs(Number(p99) - 0.2) < 0.004, p99);
  });

  it("say how complete and how late they are", async () => {
    const text = await node().metrics.text();
    assert.match(text, /^banyan_stats_completeness\{metric="requests"\} 0$/m);
    assert.match(text, /^banyan_stats_watermark_age_seconds 40$/m);
    assert.match(text, /^banyan_stats_lag_seconds\{source="shop"\} 2.5$/m);
    assert.match(text, /^banyan_stats_partitions\{source="shop",state="flowing"\} 1$/m);
  });

  it("are asked for once in ten seconds, however many collect them", async () => {
    const { world, metrics } = node();
    await Promise.all([metrics.text(), metrics.text()]);
    const { asked } = world;
    world.nowMs = 9_000;
    await metrics.text();
    assert.equal(world.asked, asked);
    world.nowMs = 11_000;
    await metrics.text();
    assert.equal(world.asked, 2 * asked);
  });

  it("are left out, and that is said, while a partition does not answer", async () => {
    const { world, metrics } = node();
    world.isSilent = true;
    const text = await metrics.text();
    assert.match(text, /^banyan_stats_answered 0$/m);
    assert.doesNotMatch(text, /^banyan_stats_block_records\{/m);
    world.isSilent = false;
    world.nowMs = 11_000;
    assert.match(await metrics.text(), /^banyan_stats_answered 1$/m);
  });
});
