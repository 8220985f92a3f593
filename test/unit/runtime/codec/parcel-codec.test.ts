import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ParcelCodec } from "../../../../runtime/codec/parcel-codec.ts";
import type { Letter, Parcel } from "../../../../runtime/codec/parcel.ts";

const count = fc.nat();
const text = fc.string();
const said = fc.record({
  protocol: text,
  version: fc.integer({ min: 1, max: 9 }),
  message: fc.constantFrom({ kind: "heard", text: "x" }, { kind: "", list: [1, null] }),
});
const head = { to: text, hops: count, isHanded: fc.boolean() };
const chain = fc.array(fc.record({ address: text, turn: fc.integer() }), { maxLength: 3 });
const receipt = fc.record({ sender: text, seq: count });
const request = fc.record({ name: text, digest: text });
const letter: fc.Arbitrary<Letter> = fc.oneof(
  fc.record({ kind: fc.constant("tell" as const), ...head, said, id: fc.constant(0) }),
  fc.record({ kind: fc.constant("ask" as const), ...head, said, id: count, withinMs: count, chain }),
  fc.record({ kind: fc.constant("deliver" as const), ...head, said, id: count, receipt }),
  fc.record({
    kind: fc.constant("request" as const),
    ...head,
    said,
    id: count,
    withinMs: count,
    chain,
    request,
  }),
  fc.record({ kind: fc.constantFrom("watch" as const, "wake" as const), ...head, id: count }),
);
const parcel: fc.Arbitrary<Parcel> = fc.oneof(
  fc.record({ kind: fc.constant("letter" as const), letter }),
  fc.record({ kind: fc.constant("reply" as const), id: count, said }),
  fc.record({
    kind: fc.constant("fault" as const),
    id: count,
    code: text,
    details: fc.constant({ limit: 5 }),
  }),
  fc.record({ kind: fc.constantFrom("taken" as const, "unwatch" as const, "stopped" as const), id: count }),
  fc.record({ kind: fc.constant("notHere" as const), letter, at: fc.option(text, { nil: undefined }) }),
  fc.record({ kind: fc.constantFrom("mark" as const, "marked" as const, "handed" as const), to: text }),
  fc.record({ kind: fc.constant("handOff" as const), to: text, ownerEpoch: count, incarnation: text }),
  fc.record({ kind: fc.constantFrom("drained" as const, "parted" as const) }),
) as fc.Arbitrary<Parcel>;

describe("a parcel", () => {
  const codec = new ParcelCodec();

  it("reads as it was written", () => {
    fc.assert(
      fc.property(parcel, (one) => {
        // What fast-check makes has no prototype, and what is read has one.
        assert.deepEqual(structuredClone(codec.decode(codec.encode(one))), structuredClone(one));
      }),
    );
  });

  it("that is damaged is none, or another one; reading it never throws", () => {
    fc.assert(
      fc.property(parcel, fc.nat(), fc.nat({ max: 255 }), (one, at, byte) => {
        const bytes = Uint8Array.from(codec.encode(one));
        bytes[at % bytes.length] = byte;
        codec.decode(bytes);
        codec.decode(bytes.subarray(0, at % bytes.length));
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void codec.decode(bytes)));
  });
});
