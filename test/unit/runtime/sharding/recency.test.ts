import fc from "fast-check";
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Place } from "../../../../runtime/sharding/place.ts";
import { Recency } from "../../../../runtime/sharding/recency.ts";

it("knows which was used longest ago, whatever is added, used and removed", () => {
  const act = fc.record({ what: fc.constantFrom("add", "touch", "touch", "remove"), which: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
      const recency = new Recency();
      const places = Array.from({ length: 10 }, () => ({ older: undefined, newer: undefined }) as Place);
      let order: Place[] = [];
      for (const { what, which } of acts) {
        const place = places[which]!;
        const isThere = order.includes(place);
        if (isThere === (what === "add")) continue;
        recency[what](place);
        order = order.filter((other) => other !== place);
        if (what !== "remove") order.push(place);
        assert.equal(recency.oldest, order[0]);
        assert.equal(recency.size, order.length);
      }
      while (recency.oldest !== undefined) {
        assert.equal(recency.oldest, order.shift());
        recency.remove(recency.oldest);
      }
      assert.deepEqual(order, []);
    }),
  );
});
