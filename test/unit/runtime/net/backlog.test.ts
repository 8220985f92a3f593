import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Backlog } from "../../../../runtime/net/backlog.ts";
import type { WaitingFrame } from "../../../../runtime/net/backlog.ts";

const LIMIT_BYTES = 20;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ take: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat(40) }) },
);

/** Takes the oldest, then as many as fit. */
function takeFrom(model: string[], bytesMax: number): string | undefined {
  let taken = model.shift();
  while (taken !== undefined && model[0] !== undefined && taken.length + model[0].length <= bytesMax) {
    taken += model.shift() ?? "";
  }
  return taken;
}

describe("a backlog", () => {
  it("is a queue of frames with a size, from which any frame may be taken out", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const backlog = new Backlog(LIMIT_BYTES);
        const added: { text: string; waiting: WaitingFrame }[] = [];
        const model: string[] = [];
        steps.forEach((next, index) => {
          if ("add" in next) {
            const text = String.fromCodePoint(0x21 + (index % 90)).repeat(next.add);
            added.push({ text, waiting: backlog.add(Buffer.from(text), "answer") });
            model.push(text);
          } else if ("take" in next) {
            assert.equal(backlog.take(next.take)?.join().toString(), takeFrom(model, next.take));
          } else {
            const entry = added[next.remove];
            if (entry === undefined) return;
            const at = model.indexOf(entry.text);
            assert.equal(backlog.holds(entry.waiting), at >= 0);
            assert.equal(backlog.remove(entry.waiting), at >= 0);
            if (at >= 0) model.splice(at, 1);
          }
          assert.equal(backlog.byteLength, model.join("").length);
          const room = LIMIT_BYTES - backlog.byteLength;
          assert.equal(backlog.hasRoomFor(Buffer.alloc(Math.max(0, room))), room >= 0);
          assert.equal(backlog.hasRoomFor(Buffer.alloc(Math.max(0, room) + 1)), false);
        });
      }),
    );
  });

  it("gives a frame out even when it alone is larger than asked for", () => {
    const backlog = new Backlog(LIMIT_BYTES);
    backlog.add(Buffer.from("large"), "answer");
    backlog.add(Buffer.from("next"), "answer");
    assert.equal(backlog.take(2)?.join().toString(), "large");
    assert.equal(backlog.take(2)?.join().toString(), "next");
    assert.equal(backlog.take(2), undefined);
  });

  it("counts the frames it gives out", () => {
    const backlog = new Backlog(LIMIT_BYTES);
    for (const text of ["a", "b", "c"]) backlog.add(Buffer.from(text), "answer");
    assert.equal(backlog.take(Number.POSITIVE_INFINITY)?.frames, 3);
    assert.equal(backlog.byteLength, 0);
  });
});
