import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readFrame, writeFrame } from "../../../../runtime/transport/inbox-frame.ts";
import type { InboxFrame } from "../../../../runtime/transport/inbox-frame.ts";

const NUMBER = fc.maxSafeNat();
const FRAME: fc.Arbitrary<InboxFrame> = fc.record({
  from: fc.string({ unit: "grapheme", maxLength: 40 }),
  standing: fc.record({
    received: NUMBER,
    handled: NUMBER,
    limit: NUMBER,
    answers: fc.nat({ max: 4_294_967_295 }),
    hasGap: fc.boolean(),
  }),
  asks: fc.nat({ max: 4_294_967_295 }),
  first: NUMBER,
  parcels: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
});

function plain({ parcels, ...rest }: InboxFrame): unknown {
  return {
    ...rest,
    standing: { ...rest.standing },
    parcels: parcels.map((parcel) => Buffer.from(parcel).toString("hex")),
  };
}

describe("a frame", () => {
  it("is read as it was written, as often as one likes", () => {
    fc.assert(
      fc.property(FRAME, (frame) => {
        const bytes = writeFrame(frame);
        assert.equal(readFrame(bytes).kind, "frame");
        const read = readFrame(bytes);
        assert.ok(read.kind === "frame");
        assert.deepEqual(plain(read.frame), plain(frame));
      }),
    );
  });

  it("of which any bit has turned, or anything is missing or too much, is not taken for one", () => {
    fc.assert(
      fc.property(FRAME, fc.nat(), fc.nat({ max: 7 }), (frame, place, bit) => {
        const turned = writeFrame(frame);
        turned[place % turned.length]! ^= 1 << bit;
        assert.equal(readFrame(turned).kind, "unreadable");
        const bytes = writeFrame(frame);
        assert.equal(readFrame(bytes.subarray(0, place % bytes.length)).kind, "unreadable");
        assert.equal(readFrame(Buffer.concat([writeFrame(frame), Buffer.of(bit)])).kind, "unreadable");
      }),
    );
  });

  it("is never taken for one where there are any other bytes, and breaks nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.equal(readFrame(Buffer.from(bytes)).kind, "unreadable");
      }),
    );
  });

  it("says what was wrong with it in words", () => {
    assert.deepEqual(readFrame(Buffer.from([1])), { kind: "unreadable", why: "too short for a frame" });
    assert.deepEqual(readFrame(Buffer.alloc(100, 2)), {
      kind: "unreadable",
      why: "format 2 is not known here",
    });
  });
});
