import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConsumerGroup } from "../../../../../deploy/dev/sls/consumer-group.ts";
import type { GroupShard } from "../../../../../deploy/dev/sls/consumer-group.ts";

const TIMEOUT_SECONDS = 30;

describe("a consumer group of the SLS server", () => {
  it("takes a shard from who has too many, but only when that one lets go", () => {
    const { group, beat, shards } = grouped(4);
    assert.deepEqual(beat("a", []), [0, 1, 2, 3]);
    assert.deepEqual(beat("b", []), []);
    assert.deepEqual(beat("a", [0, 1, 2, 3]), [0, 1]);
    assert.deepEqual(group.state(3), { kind: "transfer", holder: "a", next: "b" });
    assert.deepEqual(beat("b", []), [], "a still works on them");
    group.commit({ shard: 3, cursor: "c", consumer: "a", isForced: false }, shards, 0);
    assert.deepEqual(beat("a", [0, 1]), [0, 1]);
    assert.deepEqual(beat("b", []), [2, 3]);
    assert.throws(
      () => group.commit({ shard: 3, cursor: "d", consumer: "a", isForced: false }, shards, 0),
      /not held by a/,
    );
  });

  it("gives the shards of a consumer that is silent for too long to the others", () => {
    const { beat } = grouped(2);
    beat("a", []);
    assert.deepEqual(beat("b", []), []);
    assert.deepEqual(beat("a", [0, 1]), [0]);
    assert.deepEqual(beat("b", [], TIMEOUT_SECONDS), []);
    assert.deepEqual(beat("b", [], TIMEOUT_SECONDS + 1), [0, 1]);
    assert.throws(() => beat("a", [0], TIMEOUT_SECONDS + 2), { code: "NotExistConsumerWithBody" });
    assert.deepEqual(beat("a", [], TIMEOUT_SECONDS + 2), []);
  });

  it("leaves a shard with its holder when the one that was to get it is gone", () => {
    const { group, beat } = grouped(2);
    beat("a", []);
    beat("b", []);
    assert.equal(group.state(1)?.kind, "transfer");
    beat("a", [0, 1], TIMEOUT_SECONDS);
    assert.deepEqual(beat("a", [0, 1], TIMEOUT_SECONDS + 1), [0, 1]);
  });

  it("holds back the children of a shard until it is read to its end, in order, and frees them all without order", () => {
    const shards = [shard(0, [], true), shard(1, [0], true), shard(2, [1])];
    const ordered = new ConsumerGroup({ timeout: TIMEOUT_SECONDS, order: true });
    assert.deepEqual(ordered.heartbeat("a", [], shards, 0), [0]);
    ordered.commit({ shard: 0, cursor: "early", consumer: "a", isForced: false }, shards, 0);
    assert.deepEqual(ordered.heartbeat("a", [0], shards, 0), [0]);
    ordered.commit({ shard: 0, cursor: "end-0", consumer: "a", isForced: false }, shards, 0);
    assert.deepEqual(ordered.heartbeat("a", [], shards, 0), [1]);
    ordered.rules.order = false;
    assert.deepEqual(ordered.heartbeat("a", [1], shards, 0), [1, 2]);
  });

  it("never gives a shard that is over again, unless it is forced back", () => {
    const shards = [shard(0, [], true)];
    const { group, beat } = grouped(1, shards);
    beat("a", []);
    group.commit({ shard: 0, cursor: "end-0", consumer: undefined, isForced: true }, shards, 0);
    assert.deepEqual(beat("a", [0]), []);
    group.commit({ shard: 0, cursor: "begin", consumer: undefined, isForced: true }, shards, 0);
    assert.deepEqual(beat("a", []), [0]);
  });

  it("gives no shard to two, and shares them out evenly as soon as all have heard of it", () => {
    const names = ["a", "b", "c", "d"];
    const act = fc.record({ consumer: fc.constantFrom(...names), afterSeconds: fc.nat({ max: 12 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(act, { maxLength: 60 }), (count, acts) => {
        const { beat } = grouped(count);
        const held = new Map<string, { shards: number[]; at: number }>();
        const hear = (consumer: string, now: number): void => {
          const known = held.get(consumer);
          const isAlive = known !== undefined && now - known.at <= TIMEOUT_SECONDS;
          held.set(consumer, { shards: beat(consumer, isAlive ? known.shards : [], now), at: now });
          const alive = [...held.values()].filter(({ at }) => now - at <= TIMEOUT_SECONDS);
          const all = alive.flatMap(({ shards }) => shards);
          assert.equal(new Set(all).size, all.length, "no shard is held by two");
        };
        let now = 0;
        for (const { consumer, afterSeconds } of acts) hear(consumer, (now += afterSeconds));
        now += TIMEOUT_SECONDS + 1;
        for (let round = 0; round < 4; round++) for (const consumer of names) hear(consumer, now);
        const sizes = [...held.values()].map(({ shards }) => shards.length);
        assert.equal(
          sizes.reduce((sum, size) => sum + size),
          count,
        );
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, String(sizes));
      }),
    );
  });
});

function grouped(count: number, given?: readonly GroupShard[]) {
  const shards = given ?? Array.from({ length: count }, (_, id) => shard(id, []));
  const group = new ConsumerGroup({ timeout: TIMEOUT_SECONDS, order: false });
  const beat = (consumer: string, held: readonly number[], nowSeconds = 0): number[] =>
    group.heartbeat(consumer, held, shards, nowSeconds * 1000);
  return { group, shards, beat };
}

function shard(id: number, parents: readonly number[], isReadonly = false): GroupShard {
  return { id, parents, isReadonly, endCursor: `end-${id}` };
}
