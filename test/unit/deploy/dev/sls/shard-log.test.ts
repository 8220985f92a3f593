import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evenRanges, holdsKey, readKey } from "../../../../../deploy/dev/sls/shard-keys.ts";
import { ShardLog } from "../../../../../deploy/dev/sls/shard-log.ts";

const FIRST = 1_700_000_000_000_000_000n;

describe("the log of a shard", () => {
  it("numbers its groups without gaps, whatever is dropped in front", () => {
    const act = fc.oneof(fc.constant("append" as const), fc.nat({ max: 2000 }));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const log = new ShardLog(FIRST);
        const model: number[] = [];
        let next = 0;
        let dropped = 0;
        for (const one of acts) {
          if (one === "append") {
            for (let times = 0; times < 700; times++) {
              log.append({ bytes: Buffer.from([next % 256]), receivedAt: next });
              model.push(next++);
            }
          } else {
            dropped += model.splice(0, one).length;
            log.dropOldest(one);
          }
        }
        assert.deepEqual(
          [log.first, log.end, log.size, log.bytes],
          [FIRST + BigInt(dropped), FIRST + BigInt(next), model.length, model.length],
        );
        assert.equal(log.at(log.first)?.receivedAt, model[0]);
        assert.equal(log.at(log.end - 1n)?.receivedAt, model.at(-1));
        assert.deepEqual([log.at(log.first - 1n), log.at(log.end)], [undefined, undefined]);
      }),
    );
  });

  it("finds the first group of a second or later, within what is left", () => {
    const log = new ShardLog(FIRST);
    for (const receivedAt of [5, 5, 7, 7, 9]) log.append({ bytes: Buffer.alloc(1), receivedAt });
    log.dropOldest(1);
    assert.deepEqual(
      [0, 5, 6, 7, 9, 10].map((second) => log.receivedFrom(second) - FIRST),
      [1n, 1n, 2n, 2n, 4n, 5n],
    );
  });
});

describe("ranges of keys", () => {
  it("cover all keys once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
        (count, position) => {
          const key = position.toString(16).padStart(32, "0");
          assert.equal(evenRanges(count).filter((range) => holdsKey(range, key)).length, 1);
        },
      ),
    );
  });

  it("are asked by keys of up to 32 digits", () => {
    assert.equal(readKey("8"), "8".padEnd(32, "0"));
    assert.equal(readKey("F".repeat(32)), "f".repeat(32));
    for (const text of ["", "g", "0".repeat(33)]) assert.equal(readKey(text), undefined);
  });
});
