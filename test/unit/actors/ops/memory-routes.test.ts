import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CensusBook } from "../../../../actors/ops/census-book.ts";
import { Census } from "../../../../actors/ops/census.ts";
import { memoryRoutes } from "../../../../actors/ops/memory-routes.ts";
import { opsCall } from "../../../support/ops-call.ts";
import { note } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

interface Answer {
  readonly rssBytesPerMinute?: number;
  readonly sinceMs: number;
  readonly isEstimate: boolean;
  readonly types: readonly {
    readonly type: string;
    readonly actors: number;
    readonly bytes: number;
    readonly bytesPerMinute?: number;
  }[];
}

/** A system whose census counts, and a process that grows by 1,000 bytes a second. */
function counted() {
  const virtual = new VirtualSystem();
  const memory = () => {
    const rss = 1_000_000 + virtual.clock.nowMs();
    return { rss, heapUsed: 1, heapTotal: 2, external: 3, arrayBuffers: 4 };
  };
  const book = new CensusBook({ system: virtual.system, memory });
  const counts: number[] = [];
  virtual.system.spawn(Census, "census", {
    actors: () => virtual.system.actorCount,
    count: (nowMs) => {
      counts.push(nowMs);
      book.count(nowMs);
    },
  });
  const look = async () => (await opsCall(memoryRoutes(book, 7), "GET", "/v1/memory")).body as Answer;
  return { virtual, counts, look };
}

describe("the memory", () => {
  it("is told by type of actor, who holds the most first, and as an estimate", async () => {
    const { virtual, look } = counted();
    virtual.spawn("small", { type: "small" });
    const large = virtual.spawn("large", { type: "large" });
    virtual.tell(large, note("x".repeat(50_000)));
    await virtual.settle();
    const { types, isEstimate } = await look();
    assert.equal(isEstimate, true);
    assert.equal(types[0]?.type, "large");
    assert.ok((types[0]?.bytes ?? 0) > 50_000);
    assert.deepEqual(
      types.filter(({ type }) => type === "small").map(({ actors }) => actors),
      [1],
    );
  });

  it("has no slope before there are three counts", async () => {
    const { virtual, look } = counted();
    await virtual.advance(60_000);
    const { rssBytesPerMinute, types } = await look();
    assert.equal(rssBytesPerMinute, undefined);
    assert.ok(types.every(({ bytesPerMinute }) => bytesPerMinute === undefined));
  });

  it("shows how fast process and types grow", async () => {
    const { virtual, look } = counted();
    const hoard = virtual.spawn("hoard", { type: "hoard" });
    for (let minute = 0; minute < 5; minute++) {
      virtual.tell(hoard, note("x".repeat(10_000)));
      await virtual.advance(60_000);
    }
    const { rssBytesPerMinute, sinceMs, types } = await look();
    assert.equal(rssBytesPerMinute, 60_000);
    assert.equal(sinceMs, 270_000);
    const growth = types.find(({ type }) => type === "hoard")?.bytesPerMinute ?? 0;
    assert.ok(growth > 8_000 && growth < 12_000, `${growth} bytes a minute`);
    assert.equal(types.find(({ type }) => type === "census")?.bytesPerMinute, 0);
  });

  it("is counted on its own every half a minute, and the census beats", async () => {
    const { virtual, counts } = counted();
    await virtual.advance(100_000);
    assert.deepEqual(counts, [30_000, 60_000, 90_000]);
    assert.equal(virtual.node("/census").pulse.lastBeat?.note, "2 actors");
  });
});
