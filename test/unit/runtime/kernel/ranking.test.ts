import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { highest } from "../../../../runtime/kernel/ranking.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("the highest of all actors", () => {
  it("are those that a full sort would put first, whoever comes first among equals", () => {
    const numbers = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 12 }), (values, limit) => {
        const virtual = new VirtualSystem();
        for (const index of values.keys()) virtual.spawn(`a${index}`);
        const valueOf = (name: string) => values[Number(name.slice(1))];
        const found = highest(virtual.system.root, ({ name }) => valueOf(name), limit);
        const expected = values
          .map((value, index) => ({ name: `a${index}`, value }))
          .filter(({ value }) => value !== undefined)
          .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))
          .slice(0, limit);
        assert.deepEqual(
          found.map(({ name }) => name),
          expected.map(({ name }) => name),
        );
      }),
    );
  });
});
