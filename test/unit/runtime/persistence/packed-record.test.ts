import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { packRecord, unpackRecord } from "../../../../runtime/persistence/packed-record.ts";

const RECORD = fc.record(
  {
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    atMs: fc.double({ noNaN: true }),
    bytes: fc.uint8Array({ maxLength: 60 }),
  },
  { noNullPrototype: true },
);

describe("a packed record", () => {
  it("gives back version, time and bytes", () => {
    fc.assert(
      fc.property(RECORD, (record) => {
        const found = unpackRecord(packRecord(record));
        assert.deepEqual(found && { ...found, bytes: Uint8Array.from(found.bytes) }, record);
      }),
    );
  });

  it("has bytes of its own", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const value = packRecord({ version: 1, atMs: 5, bytes });
    bytes.fill(0);
    assert.deepEqual([...(unpackRecord(value)?.bytes ?? [])], [1, 2, 3]);
  });

  it("is not what is too short, or of another form", () => {
    const value = packRecord({ version: 1, atMs: 5, bytes: new Uint8Array() });
    assert.ok(unpackRecord(value));
    assert.equal(unpackRecord(value.subarray(1)), undefined);
    assert.equal(unpackRecord(Buffer.from("text in place of a record")), undefined);
    assert.equal(unpackRecord(Buffer.alloc(0)), undefined);
  });
});
