import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { seal, unseal } from "../../../../runtime/persistence/sealed.ts";

const SUBJECT = { kind: "record", key: "room/a" } as const;
const SEALED = fc.record(
  {
    version: fc.integer({ min: 1 }),
    atMs: fc.integer({ min: 0 }),
    owner: fc.record(
      { ownerEpoch: fc.maxSafeNat(), incarnation: fc.string({ maxLength: 40 }) },
      { noNullPrototype: true },
    ),
    bytes: fc.uint8Array({ maxLength: 60 }),
  },
  { noNullPrototype: true },
);

describe("a seal", () => {
  it("gives back what was sealed", () => {
    fc.assert(
      fc.property(SEALED, (sealed) => {
        const opened = unseal(SUBJECT, seal(SUBJECT, sealed));
        assert.ok(!("problem" in opened));
        assert.deepEqual({ ...opened, bytes: Uint8Array.from(opened.bytes) }, sealed);
      }),
    );
  });

  it("shows any change of a bit, and any lost byte", () => {
    fc.assert(
      fc.property(SEALED, fc.nat(), (sealed, chosen) => {
        const stored = Uint8Array.from(seal(SUBJECT, sealed));
        const at = chosen % (stored.length * 8);
        stored[at >> 3]! ^= 1 << (at & 7);
        assert.ok("problem" in unseal(SUBJECT, stored));
        stored[at >> 3]! ^= 1 << (at & 7);
        assert.ok("problem" in unseal(SUBJECT, stored.subarray(0, chosen % stored.length)));
      }),
    );
  });

  it("of one subject does not open for another", () => {
    const stored = seal(SUBJECT, {
      version: 1,
      atMs: 1,
      owner: { ownerEpoch: 1, incarnation: "a" },
      bytes: Uint8Array.of(1),
    });
    assert.ok("problem" in unseal({ kind: "snapshot", key: "room/a" }, stored));
    assert.ok("problem" in unseal({ kind: "record", key: "room/b" }, stored));
  });
});
