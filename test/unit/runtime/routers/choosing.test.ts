import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConsistentHash, LeastMailbox, RoundRobin } from "../../../../runtime/routers/choosing.ts";

const candidate = fc.record({ address: fc.string({ minLength: 1, maxLength: 8 }), waiting: fc.nat(9) });
const candidates = fc.uniqueArray(candidate, {
  selector: ({ address }) => address,
  minLength: 1,
  maxLength: 8,
});
const first = <C>(order: readonly C[]): C | undefined => order[0];

describe("whom a router chooses", () => {
  it("is everybody in turn, and then the others after that one", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const choosing = new RoundRobin();
        const orders = all.map(() => choosing.order(all));
        assert.deepEqual(new Set(orders.map(first)), new Set(all));
        for (const order of orders) assert.deepEqual(new Set(order), new Set(all));
      }),
    );
  });

  it("is one with whom the fewest messages wait, and not always the same one", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const choosing = new LeastMailbox();
        const least = Math.min(...all.map(({ waiting }) => waiting));
        const chosen = all.map(() => first(choosing.order(all)));
        for (const one of chosen) assert.equal(one?.waiting, least);
        const free = all.filter(({ waiting }) => waiting === least);
        if (free.length === all.length) assert.equal(new Set(chosen).size, all.length);
      }),
    );
  });

  it("is the same one for the same key, in whatever order they come, and nobody else", () => {
    fc.assert(
      fc.property(candidates, fc.string(), (all, key) => {
        const choosing = new ConsistentHash<string>((text) => text);
        const order = choosing.order(all, key);
        assert.equal(order.length, 1);
        assert.deepEqual(choosing.order(all.toReversed(), key), order);
      }),
    );
  });

  it("is another one only for the keys of the one that has gone", () => {
    const all = Array.from({ length: 5 }, (_, at) => ({ address: `a${at}`, waiting: 0 }));
    const keys = Array.from({ length: 500 }, (_, at) => `k${at}`);
    const choosing = new ConsistentHash<string>((text) => text);
    const before = new Map(keys.map((key) => [key, first(choosing.order(all, key))?.address]));
    assert.ok(new Set(before.values()).size === 5, "each has some");
    const left = all.slice(1);
    for (const key of keys) {
      const was = before.get(key);
      const is = first(choosing.order(left, key))?.address;
      if (was === "a0") assert.notEqual(is, "a0");
      else assert.equal(is, was);
    }
  });
});
