import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AnswerMemory, ANSWER_BYTES_MAX, NoMemory } from "../../../../actors/monitoring/answer-memory.ts";
import { answerOf, askStats } from "../../../../actors/monitoring/ask-stats.ts";
import type { StatsAnswer } from "../../../../actors/monitoring/stats-answer.ts";
import { BUILT_IN_METRICS } from "../../../../runtime/counting/built-in-metrics.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { shapeOf } from "../../../../runtime/counting/metric-shape.ts";
import type { PartitionView } from "../../../../runtime/counting/watermark.ts";
import { askedCounts } from "../../../support/asked-counts.ts";
import { dimension, metric } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const BLOCK_MS = 180_000;
const DAY_MS = 86_400_000;
const HEARD: PartitionView = {
  id: "gateway/one",
  state: "flowing",
  watermarkMs: NOW - 120_000,
  lagMs: undefined,
};
const TOOK = metric({
  name: "took",
  value: "latency",
  field: "t",
  unit: "us",
  dimensions: [dimension("route", { budget: 10_000 })],
  seriesMax: 20_000,
});

interface Asked {
  readonly views?: readonly PartitionView[];
  readonly counts?: Counts;
  readonly nowMs?: number;
}

function node({ views = [HEARD], counts = new Counts(), nowMs = NOW }: Asked) {
  return askedCounts(
    views.map((view) => ({ view, counts })),
    { metrics: [...BUILT_IN_METRICS, TOOK], nowMs },
  );
}

async function answer(query: string, asked: Asked = {}): Promise<StatsAnswer> {
  const { source, context } = node(asked);
  const answered = await answerOf(source, new URLSearchParams(query), context);
  assert.ok(!("status" in answered), JSON.stringify(answered));
  return answered;
}

/** Thousands of routes, each with sketches of some 300 bins; one of them has more records than the others. */
function manyRoutes(routes: number, blocks: number): Counts {
  const shape = shapeOf(TOOK);
  const counts = new Counts();
  for (let block = 0; block < blocks; block++) {
    const into = counts.block(shape, NOW / BLOCK_MS - 1 - block);
    for (let route = 0; route < routes; route++) {
      const series = into.at(`/r${route}`, shape);
      series.counts[0] = route === 17 ? 9 : 3;
      for (const value of [10, 300, 4_000]) series.sketch?.add(value, route === 17 ? 3 : 1);
    }
  }
  return counts;
}

describe("what an answer says of the time that it is about", () => {
  it("is what is kept, up to a page, so that the same question has the same name a moment later", async () => {
    const range = `metric=requests&step=900&from=${NOW - 450 * DAY_MS}&to=${NOW - 430 * DAY_MS}`;
    const names = [];
    for (const nowMs of [NOW, NOW + 1, NOW + 60_000]) {
      const { source, context } = node({ nowMs, views: [{ ...HEARD, state: "gone" }] });
      const { status, headers = {}, body } = await askStats(source, new URLSearchParams(range), context);
      assert.equal(status, 200);
      const { keptFrom } = JSON.parse(String(body)) as { keptFrom: number };
      assert.ok(keptFrom <= NOW - 396 * DAY_MS && keptFrom > NOW - 429 * DAY_MS, String(keptFrom));
      names.push(headers["etag"]);
    }
    assert.equal(new Set(names).size, 1);
    assert.equal("keptFrom" in (await answer("metric=requests")), false);
  });

  it("says from when on points are exact that are shorter than a quarter of an hour", async () => {
    const days = (from: number) =>
      `metric=requests&from=${NOW - from * DAY_MS}&to=${NOW - (from - 1) * DAY_MS}`;
    const { exactFrom = 0 } = await answer(days(40));
    assert.ok(exactFrom >= NOW - 35 * DAY_MS && exactFrom <= NOW - 34 * DAY_MS && exactFrom % DAY_MS === 0);
    assert.ok("exactFrom" in (await answer(`${days(40)}&step=30`)));
    for (const exact of [days(30), `${days(40)}&step=900`, `${days(40)}&step=1d&tz=UTC`]) {
      assert.equal("exactFrom" in (await answer(exact)), false, exact);
    }
  });

  it("may still grow where somebody is awaited, and not where nobody is", async () => {
    const gone = { ...HEARD, state: "gone" as const };
    const range = `metric=requests&from=${NOW - 720_000}&to=${NOW - 180_000}`;
    assert.equal(
      (await answer(range, { views: [{ ...HEARD, watermarkMs: NOW - 400_000 }] })).provisionalFrom,
      NOW - 540_000,
    );
    assert.equal((await answer(range, { views: [gone] })).provisionalFrom, null);
    assert.equal((await answer(range, { views: [] })).provisionalFrom, null);
    // What is not over may be counted yet, whoever is there.
    assert.notEqual(
      (await answer(`metric=requests&from=${NOW - 720_000}&to=${NOW + 180_000}`, { views: [gone] }))
        .provisionalFrom,
      null,
    );
  });

  it("is not told of different values in less than a block", async () => {
    const { source, context } = node({});
    const refused = await answerOf(source, new URLSearchParams("metric=clients&step=30"), context);
    assert.ok("status" in refused && refused.status === 400);
    assert.match(JSON.stringify(refused.body), /"field":"step".*180 or more.*blocks of 180 s/);
    assert.equal((await answer("metric=clients&step=180")).step, "180");
  });
});

describe("what an answer holds while it is added up", () => {
  it("is the quantiles of those series alone that are shown, which are found by their counts", async () => {
    const counts = manyRoutes(3_000, 4);
    const { source, context } = node({ counts });
    let taken = 0;
    const memory = {
      lend: (work: (share: object) => unknown) => work({ take: (bytes: number) => (taken += bytes) }),
    };
    const query = `metric=took&from=${NOW - 3_600_000}&to=${NOW}&by=route&top=2&q=0.5`;
    const asked = { ...source, memory: memory as unknown as AnswerMemory };
    const answered = await answerOf(asked, new URLSearchParams(query), context);
    assert.ok(!("status" in answered));
    assert.deepEqual([answered.series[0]?.values["route"], answered.series[0]?.total], ["/r17", 36]);
    const [p50] = answered.series[0]?.quantiles?.["0.5"]?.filter((value) => value !== null) ?? [];
    assert.ok(Math.abs((p50 ?? 0) * 1_000_000 - 300) <= 3, String(p50));
    assert.equal(answered.more, 2_998);
    assert.ok(taken < 3_000_000, `${taken} bytes`);
  });

  it("is bounded for one answer, and for all of them together; both refusals say what may be done", async () => {
    const { source, context } = node({ counts: manyRoutes(300, 4) });
    const ask = (memory: AnswerMemory) =>
      answerOf({ ...source, memory }, new URLSearchParams(`metric=took&by=route&q=0.5`), context);
    const memory = new AnswerMemory();
    await assert.rejects(
      memory.lend(async ({ take }) => take(ANSWER_BYTES_MAX + 1, "top")),
      NoMemory,
    );
    assert.equal(memory.heldBytes, 0);
    let release = (): void => undefined;
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    const others = [1, 2].map(() =>
      memory.lend(async ({ take }) => {
        take(ANSWER_BYTES_MAX, "top");
        await isReleased;
      }),
    );
    const busy = await ask(memory);
    assert.ok("status" in busy && busy.status === 503);
    assert.match(JSON.stringify(busy.body), /other answers take the 268435456 bytes .*ask again in a moment/);
    release();
    await Promise.all(others);
    assert.ok(!("status" in (await ask(memory))));
    for (const [full, why] of [
      ["by", /"field":"by".*more than 134217728 bytes.*by fewer dimensions/],
      ["top", /"field":"top".*more than 134217728 bytes.*a smaller top/],
    ] as const) {
      const take = (_bytes: number, field: "by" | "top") => {
        if (field === full) throw new NoMemory(false, field);
      };
      const small = { lend: (work: (share: object) => Promise<unknown>) => work({ take }) };
      const refused = await ask(small as unknown as AnswerMemory);
      assert.ok("status" in refused && refused.status === 400);
      assert.match(JSON.stringify(refused.body), why);
    }
  });
});
