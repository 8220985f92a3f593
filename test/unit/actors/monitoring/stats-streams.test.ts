import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AnswerMemory } from "../../../../actors/monitoring/answer-memory.ts";
import { StatsStreams } from "../../../../actors/monitoring/stats-streams.ts";
import type { NodeStatus } from "../../../../runtime/feature.ts";
import { BUILT_IN_METRICS } from "../../../../runtime/counting/built-in-metrics.ts";
import { Zones } from "../../../../runtime/counting/local-day.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { tallyOf } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);

/** The streams of a node with a partition that can be told of further records. */
function streams() {
  const world = new CountWorld();
  world.virtual.clock.advance(START);
  let batches = 0;
  const status: { now: NodeStatus } = { now: "ready" };
  const source = {
    ...world.places,
    metrics: BUILT_IN_METRICS,
    zones: new Zones(),
    dayZones: [],
    memory: new AnswerMemory(),
  };
  const actor = world.virtual.system.spawn(StatsStreams, "stats-streams", {
    source,
    status: () => status.now,
  });
  return {
    status,
    pass: () => world.virtual.advance(1_100),
    count: async () => {
      const tally = tallyOf([], [{ timeMs: START, status: "200" }], START);
      await world.submit("nginx/0", {
        ...(batches === 0 ? {} : { from: String(batches) }),
        to: String(++batches),
        tally,
      });
    },
    follow: async (query = `metric=requests&from=${START - 360_000}&to=${START + 180_000}`) => {
      const got: Uint8Array[] = [];
      const end = { isOver: false, isEnded: false };
      const follower = {
        query: new URLSearchParams(query),
        isOver: () => end.isOver,
        send: (bytes: Uint8Array) => void got.push(bytes),
        end: () => void (end.isEnded = true),
      };
      const asked = world.virtual.ask(actor, { kind: "follow", follower });
      await world.virtual.settle();
      return { got, end, reply: await asked };
    },
  };
}

const read = (bytes: Uint8Array | undefined) => {
  const [, id = "", data = ""] =
    /^id: (.*)\nevent: revision\ndata: (.*)\n\n$/.exec(Buffer.from(bytes ?? []).toString()) ?? [];
  return { id, ...(JSON.parse(data) as { times: number[]; series: { total: number }[] }) };
};

/** How many events are made into bytes meanwhile. */
async function eventsMadeIn(work: () => Promise<void>): Promise<number> {
  const from = Buffer.from.bind(Buffer) as (...words: unknown[]) => Buffer;
  let made = 0;
  Buffer.from = ((...words: unknown[]) => {
    if (String(words[0]).startsWith("id: ")) made++;
    return from(...words);
  }) as typeof Buffer.from;
  try {
    await work();
  } finally {
    Buffer.from = from as typeof Buffer.from;
  }
  return made;
}

describe("the streams of what is counted", () => {
  it("write each revision once, for all who follow the question", async () => {
    const { count, follow, pass } = streams();
    await count();
    const followers = [await follow(), await follow(), await follow()];
    await pass();
    for (const { got } of followers) assert.equal(got[0], followers[0]?.got[0]);
    assert.deepEqual(read(followers[0]?.got[0]).times.length, 3);
    await count();
    await pass();
    for (const { got } of followers) assert.equal(got[1], followers[0]?.got[1]);
    const changed = read(followers[0]?.got[1]);
    assert.deepEqual([changed.times, changed.series[0]?.total], [[START], 2]);
    await pass();
    assert.equal(followers[0]?.got.length, 2, "nothing has changed");
  });

  it("tell who comes later the whole, and all others only what has changed", async () => {
    const { count, follow, pass } = streams();
    await count();
    const first = await follow();
    await pass();
    await count();
    const second = await follow();
    await pass();
    assert.deepEqual([read(first.got[1]).times.length, read(second.got[0]).times.length], [1, 3]);
    assert.equal(read(first.got[1]).id, read(second.got[0]).id);
    await count();
    await pass();
    assert.equal(first.got.at(-1), second.got.at(-1));
  });

  it("make the whole only for whoever is new", async () => {
    const { count, follow, pass } = streams();
    await count();
    await follow();
    await pass();
    assert.equal(await eventsMadeIn(pass), 0, "nothing has changed");
    await count();
    assert.equal(await eventsMadeIn(pass), 1, "only what has changed");
    await follow();
    assert.equal(await eventsMadeIn(pass), 1, "only the whole");
  });

  it("end with whoever is over, and with a node that drains", async () => {
    const { count, follow, pass, status } = streams();
    await count();
    const [first, second] = [await follow(), await follow()];
    await pass();
    first.end.isOver = true;
    await count();
    await pass();
    assert.deepEqual([first.got.length, second.got.length, first.end.isEnded], [1, 2, true]);
    status.now = "draining";
    await pass();
    assert.equal(second.end.isEnded, true);
  });

  it("are fifty at most, whatever they ask", async () => {
    const { follow } = streams();
    for (let index = 0; index < 50; index++) {
      assert.equal((await follow(`metric=requests&top=${index + 1}`)).reply.kind, "following");
    }
    const refused = (await follow()).reply;
    assert.ok(refused.kind === "refused" && /50 streams/.test(refused.text));
  });
});
