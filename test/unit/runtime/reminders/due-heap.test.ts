import fc from "fast-check";
import assert from "node:assert/strict";
import { it } from "node:test";
import { DueHeap } from "../../../../runtime/reminders/due-heap.ts";

it("gives out what is due first before the rest, whatever is added and taken", () => {
  const step = fc.option(fc.nat(30), { freq: 3 });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const heap = new DueHeap();
      let model: number[] = [];
      for (const dueMs of steps) {
        if (dueMs === null) assert.equal(heap.shift()?.dueMs, model.shift());
        else {
          heap.add({ dueMs });
          model = [...model, dueMs].toSorted((a, b) => a - b);
        }
        assert.equal(heap.first?.dueMs, model[0]);
      }
    }),
  );
});
