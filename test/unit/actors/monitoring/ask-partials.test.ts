import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answerOf } from "../../../../actors/monitoring/ask-stats.ts";
import { BUILT_IN_METRICS } from "../../../../runtime/counting/built-in-metrics.ts";
import type { PartitionView } from "../../../../runtime/counting/watermark.ts";
import { askedCounts } from "../../../support/asked-counts.ts";
import { countsOf, tallyOf } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const VIEW: PartitionView = { id: "gateway/one", state: "flowing", watermarkMs: NOW, lagMs: undefined };
const LOGS = [{ timeMs: NOW - 60_000, kind: "http", remote_addr: "10.0.0.1" }];

/** How often anybody is asked for counts by a question about so many days, on one partition. */
async function asksOf(metric: string, fromDays: number, toDays: number): Promise<number> {
  const counts = countsOf([tallyOf([], LOGS, NOW)]);
  const { source, context } = askedCounts([{ view: VIEW, counts }], {
    metrics: BUILT_IN_METRICS,
    nowMs: NOW,
  });
  let asks = 0;
  const ask = (async (to: unknown, message: { readonly kind: string }) => {
    if (message.kind === "read") asks++;
    const isDays = String(to).includes("/days/");
    return isDays ? { counts: new Uint8Array(), seqs: {} } : context.ask(to as never, message as never);
  }) as typeof context.ask;
  const range = `from=${NOW + fromDays * DAY_MS}&to=${NOW + toDays * DAY_MS}`;
  const query = new URLSearchParams(`metric=${metric}&step=1d&tz=UTC&${range}`);
  const answered = await answerOf({ ...source, dayZones: metric === "clients" ? ["UTC"] : [] }, query, {
    ...context,
    ask,
  });
  assert.ok(!("status" in answered), JSON.stringify(answered));
  assert.equal(answered.watermark, NOW, "it is told how the partition stands");
  assert.equal(answered.series.length, fromDays <= 0 && toDays >= 0 ? 1 : 0);
  return asks;
}

describe("a question about more time than anything is kept of", () => {
  it("asks for no pages of days that are still to come", async () => {
    assert.ok((await asksOf("requests", 0, 2_990)) <= 3);
    assert.equal(await asksOf("requests", 100, 2_990), 1);
  });

  it("asks for no pages that are over", async () => {
    const kept = await asksOf("requests", -420, 0);
    assert.ok((await asksOf("requests", -2_990, 0)) <= kept + 2);
    assert.equal(await asksOf("requests", -2_990, -1_000), 1);
  });

  it("asks for no months that are still to come where days are kept for ever", async () => {
    assert.ok((await asksOf("clients", 0, 2_990)) <= 8);
  });
});
