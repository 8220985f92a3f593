import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isoTime, localTime } from "../../../../../actors/logs/formats/log-time.ts";
import type { ReadTime } from "../../../../../actors/logs/formats/log-time.ts";

const reads = (read: ReadTime, text: string): number => {
  const bytes = Buffer.from(`[${text}]`);
  return read(bytes, 1, bytes.length - 1);
};
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (part: number): string => String(part).padStart(2, "0");

describe("the time of a log", () => {
  it("is read to the second for every moment, as nginx writes it in both ways", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_258_118_400 }), (seconds) => {
        const at = new Date(seconds * 1_000);
        const iso = at.toISOString();
        assert.equal(reads(isoTime, iso.replace(".000Z", "+00:00")), seconds * 1_000);
        assert.equal(reads(isoTime, iso), seconds * 1_000);
        const month = MONTHS[at.getUTCMonth()] ?? "";
        const local = `${two(at.getUTCDate())}/${month}/${at.getUTCFullYear()}:${iso.slice(11, 19)} +0000`;
        assert.equal(reads(localTime, local), seconds * 1_000);
      }),
    );
  });

  it("is not there when no clock shows it: another time would be counted in its place", () => {
    for (const text of [
      "22/Nov/2026:99:99:99 +0800",
      "22/Nov/2026:24:00:00 +0800",
      "22/Nov/2026:23:60:00 +0800",
      "22/Nov/2026:23:00:61 +0800",
      "31/Feb/2026:12:00:00 +0800",
      "29/Feb/2026:12:00:00 +0800",
      "29/Feb/2100:12:00:00 +0800",
      "31/Apr/2026:12:00:00 +0800",
      "00/Apr/2026:12:00:00 +0800",
      "22/Nov/2026:12:00:00 +9900",
      "22/Nov/2026:12:00:00 +0860",
    ]) {
      assert.ok(Number.isNaN(reads(localTime, text)), text);
    }
    for (const text of [
      "2026-11-22T99:99:99Z",
      "2026-02-31T12:00:00Z",
      "2026-13-01T12:00:00Z",
      "2026-00-01T12:00:00Z",
      "2026-11-22T12:00:00+99:00",
      "0026-11-22T12:00:00Z",
    ]) {
      assert.ok(Number.isNaN(reads(isoTime, text)), text);
    }
  });

  it("may be on the 29th of February of a leap year, or in a leap second", () => {
    assert.equal(reads(localTime, "29/Feb/2028:00:00:00 +0000"), Date.UTC(2028, 1, 29));
    assert.equal(reads(isoTime, "2000-02-29T00:00:00Z"), Date.UTC(2000, 1, 29));
    assert.equal(reads(isoTime, "2016-12-31T23:59:60Z"), Date.UTC(2017, 0, 1));
  });
});
