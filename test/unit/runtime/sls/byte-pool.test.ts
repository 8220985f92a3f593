import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BytePool } from "../../../../runtime/sls/byte-pool.ts";

describe("room for bodies", () => {
  it("is used again for a body of about its size", () => {
    const pool = new BytePool(1_000_000);
    const room = pool.take(100_000);
    pool.give(room);
    assert.equal(pool.take(90_000), room);
  });

  it("is used again for a small body too", () => {
    const pool = new BytePool(1_000_000);
    const room = pool.take(1_000);
    pool.give(room);
    assert.equal(pool.take(1_000), room);
  });

  it("is kept up to a limit also where nothing was in it", () => {
    const pool = new BytePool(1_000_000);
    const room = pool.take(0);
    pool.give(room);
    assert.equal(pool.keptBytes, room.length);
    assert.ok(room.length > 0);
  });

  it("belongs to one body at a time", () => {
    const pool = new BytePool(1_000_000);
    assert.notEqual(pool.take(100_000), pool.take(100_000));
  });

  it("is not wasted on a body that needs little of it", () => {
    const pool = new BytePool(10_000_000);
    pool.give(pool.take(5_000_000));
    assert.ok(pool.take(1_000).length < 1_000_000);
  });

  it("is always enough, never given out twice, and kept up to a limit", () => {
    const sizes = fc.array(fc.record({ bytes: fc.nat(3_000_000), gives: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, (steps) => {
        const pool = new BytePool(4_000_000);
        const held = new Set<Buffer>();
        for (const { bytes, gives } of steps) {
          const room = pool.take(bytes);
          assert.ok(room.length >= bytes && !held.has(room));
          held.add(room);
          if (gives) for (const each of held) pool.give(each);
          if (gives) held.clear();
          assert.ok(pool.keptBytes <= 4_000_000);
        }
      }),
    );
  });
});
