import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader } from "../../../../runtime/counting/byte-reader.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { openTally, TallyOpener } from "../../../../runtime/counting/open-tally.ts";
import { PART_BYTES_MAX, pageParts } from "../../../../runtime/counting/pages.ts";
import { mutated } from "../../../support/mutated-bytes.ts";
import { dimension, metric, tallyOf } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const OWN = [
  metric({ name: "paid", value: "sum", field: "amount", decimals: 6, dimensions: [dimension("shop")] }),
];
const TALLY = tallyOf(
  OWN,
  Array.from({ length: 40 }, (_, index) => ({
    timeMs: NOW - index * 20_000,
    status: index % 7 === 0 ? "500" : "200",
    route: `/r${index % 5}`,
    request_time: "0.120",
    bytes_sent: "512",
    remote_addr: `10.0.0.${index}`,
    uri: `/u${index % 9}`,
    amount: "-12.5",
    shop: `s${index % 3}`,
  })),
  NOW,
);

/** What becomes of a tally from the day on which it is counted until it is on pages. */
function live(bytes: Uint8Array): "counted" | "refused" {
  let opened;
  try {
    opened = openTally(bytes);
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error));
    return "refused";
  }
  const counts = new Counts();
  counts.count(opened.counts, 0);
  counts.count(openTally(bytes).counts, Number.MAX_SAFE_INTEGER);
  const again = Counts.decode(counts.encode());
  again.unpack();
  assert.deepEqual(Buffer.from(again.encode()), Buffer.from(counts.encode()));
  for (const part of pageParts(again, { round: 1, partBytes: PART_BYTES_MAX, zones: ["Asia/Shanghai"] })) {
    assert.match(part.page, /^[a-z][A-Za-z0-9_-]*\/(block|quarter|days)\//);
    Counts.decode(part.counts).unpack();
  }
  return "counted";
}

describe("a tally that comes from elsewhere", () => {
  it("is refused, or can be counted, stored, read again and put onto pages: whatever was done to its bytes", () => {
    const fates = { counted: 0, refused: 0 };
    fc.assert(
      fc.property(mutated(TALLY), (bytes) => {
        fates[live(bytes)]++;
      }),
      { numRuns: 500 },
    );
    assert.equal(live(TALLY), "counted");
    assert.ok(fates.counted > 5 && fates.refused > 5, JSON.stringify(fates));
  });

  it("is refused when it counts outside of what a batch can reach, or is ahead of its own time", () => {
    const late = tallyOf([], [{ timeMs: NOW, status: "200" }], NOW);
    const writer = new ByteWriter();
    writer.byte(1);
    writer.whole(NOW - 3 * 86_400_000);
    // Behind version, time and latest time the same as before.
    const reader = new ByteReader(late);
    reader.byte();
    reader.whole();
    writer.whole(reader.whole());
    const rest: number[] = [];
    while (!reader.isAtEnd) rest.push(reader.byte());
    assert.throws(() => openTally(Buffer.concat([writer.done(), Buffer.from(rest)])), /future/);
  });

  it("is refused when one of its values would be two when it is read again", () => {
    const bytes = Buffer.from(TALLY);
    bytes[bytes.indexOf("/r1") + 1] = 0;
    assert.throws(() => openTally(bytes), /divides values/);
  });

  it("is opened once for all who look at it, one after the other", () => {
    const opener = new TallyOpener();
    const opened = opener.open(TALLY);
    assert.equal(opener.open(TALLY), opened);
    assert.notEqual(opener.open(Uint8Array.from(TALLY)), opened);
    opener.forget();
    assert.notEqual(opener.open(TALLY), opened);
  });
});

describe("numbers that grow beyond what is exact", () => {
  it("are written as the largest that can be read, and never so that nothing can be read any more", () => {
    for (const value of [2 ** 53, 2 ** 60, Number.POSITIVE_INFINITY]) {
      const writer = new ByteWriter();
      writer.whole(value);
      writer.signed(value);
      writer.signed(-value);
      const reader = new ByteReader(writer.done());
      assert.equal(reader.whole(), Number.MAX_SAFE_INTEGER);
      assert.deepEqual([reader.signed(), reader.signed()], [2 ** 52 - 1, 1 - 2 ** 52]);
    }
  });

  it("do not make a batch unreadable: sums of millions with six decimals", () => {
    const logs = Array.from({ length: 9 }, () => ({ timeMs: NOW, amount: "6000000000", shop: "a" }));
    const counts = new Counts();
    for (let batch = 0; batch < 3; batch++) counts.count(openTally(tallyOf(OWN, logs, NOW)).counts, 0);
    Counts.decode(counts.encode()).unpack();
  });
});
