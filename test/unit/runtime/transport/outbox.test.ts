import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CREDIT_PARCELS,
  FRAME_BYTES_MAX,
  FRAME_PARCELS_MAX,
  OUTBOX_BYTES_MAX,
  OUTBOX_PARCELS_MAX,
  Outbox,
} from "../../../../runtime/transport/outbox.ts";

const EMPTY = new Uint8Array(0);

function filled(parcels: number, bytes = 0): Outbox {
  const outbox = new Outbox();
  for (let left = parcels; left > 0; left--) outbox.offer(new Uint8Array(bytes));
  return outbox;
}

function takeAll(outbox: Outbox): number[] {
  const counts: number[] = [];
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    counts.push(batch.parcels.length);
  }
  return counts;
}

describe("an outbox", () => {
  it("is full at so many parcels, or so many bytes, until something is acknowledged", () => {
    const many = filled(OUTBOX_PARCELS_MAX);
    assert.equal(many.offer(EMPTY), false);
    takeAll(many);
    assert.equal(many.acknowledge(1, 0), true);
    assert.equal(many.offer(EMPTY), true);
    assert.equal(many.offer(EMPTY), false);
    const large = filled(2, OUTBOX_BYTES_MAX / 2);
    assert.equal(large.offer(new Uint8Array(1)), false);
    assert.equal(large.bytes, OUTBOX_BYTES_MAX);
  });

  it("makes frames of so many parcels, or so many bytes; what is larger goes alone", () => {
    assert.deepEqual(takeAll(filled(FRAME_PARCELS_MAX + 1)), [FRAME_PARCELS_MAX, 1]);
    assert.deepEqual(takeAll(filled(5, FRAME_BYTES_MAX / 2)), [2, 2, 1]);
    const outbox = new Outbox();
    for (const bytes of [10, FRAME_BYTES_MAX * 3, 10, 10]) outbox.offer(new Uint8Array(bytes));
    assert.deepEqual(takeAll(outbox), [1, 1, 2]);
  });

  it("sends no more than the credit allows, and goes on when that grows", () => {
    const outbox = filled(CREDIT_PARCELS + 10);
    takeAll(outbox);
    assert.deepEqual([outbox.sent, outbox.sendable], [CREDIT_PARCELS, 0]);
    assert.equal(outbox.acknowledge(0, CREDIT_PARCELS + 4), false);
    assert.equal(outbox.sendable, 4);
    outbox.acknowledge(0, 1);
    assert.equal(outbox.sendable, 4, "a credit that was given is not taken back");
  });

  it("sends again what has not arrived, and nothing that was acknowledged", () => {
    const outbox = filled(10);
    takeAll(outbox);
    outbox.acknowledge(4, 0);
    assert.equal(outbox.rewind(2), 6, "4 were acknowledged since");
    assert.equal(outbox.take()?.first, 5);
    assert.equal(outbox.rewind(10), 0);
    assert.equal(outbox.rewind(12), 0);
  });

  it("gives all that is not acknowledged when it is emptied, and is of use afterwards", () => {
    const outbox = new Outbox();
    for (const byte of [1, 2, 3]) outbox.offer(Uint8Array.of(byte));
    takeAll(outbox);
    outbox.acknowledge(1, 0);
    assert.deepEqual(
      outbox.empty().map(([byte]) => byte),
      [2, 3],
    );
    assert.deepEqual([outbox.kept, outbox.bytes, outbox.take()], [0, 0, undefined]);
    outbox.offer(EMPTY);
    assert.equal(outbox.take()?.first, 4);
  });

  it("believes no receiver that acknowledges what was never sent", () => {
    const outbox = filled(3);
    outbox.acknowledge(1_000_000, 0);
    assert.deepEqual([outbox.kept, outbox.handled], [0, 3]);
  });

  it("numbers without a gap and keeps exactly what is not acknowledged, whatever happens in which order", () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          what: fc.constant("offer" as const),
          value: fc.integer({ min: 0, max: 40_000 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ what: fc.constant("take" as const), value: fc.constant(0) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          what: fc.constantFrom("acknowledge" as const, "rewind" as const),
          value: fc.nat({ max: 60 }),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const outbox = new Outbox();
        const sizes: number[] = [];
        let [handled, sent] = [0, 0];
        for (const { what, value } of steps) {
          if (what === "offer" && outbox.offer(new Uint8Array(value))) sizes.push(value);
          if (what === "take") {
            const batch = outbox.take();
            if (batch === undefined) assert.equal(sent, sizes.length);
            else assert.equal(batch.first, sent + 1);
            for (const { length } of batch?.parcels ?? []) assert.equal(length, sizes[sent++]);
          }
          if (what === "acknowledge") {
            outbox.acknowledge(value, 0);
            handled = Math.max(handled, Math.min(value, sizes.length));
            sent = Math.max(sent, handled);
          }
          if (what === "rewind") {
            outbox.rewind(value);
            sent = Math.min(sent, Math.max(value, handled));
          }
          const kept = sizes.slice(handled);
          assert.deepEqual([outbox.kept, outbox.handled, outbox.sent], [kept.length, handled, sent]);
          assert.equal(
            outbox.bytes,
            kept.reduce((sum, size) => sum + size, 0),
          );
        }
      }),
    );
  });
});
