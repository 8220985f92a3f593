import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  earlierThan,
  LINES_MAX,
  withFeedGap,
  withLine,
  withPage,
} from "../../../../../actors/rooms/page/live-feed.ts";
import type { LiveEntry } from "../../../../../actors/rooms/page/live-feed.ts";

const line = (offset: number) => ({
  room: "live/final",
  offset,
  from: "desk",
  data: `line ${offset}`,
  atMs: 0,
});

const page = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));

const missing = (after: number, count: number) => ({ reason: "missing", after, missing: count }) as const;

/** A feed in short: offsets, and what is missing in brackets. */
const shown = (feed: readonly LiveEntry[]) =>
  feed.map((entry) => {
    if (entry.kind === "line") return String(entry.offset);
    return entry.gap.reason === "restarted" ? "anew" : `(${entry.gap.missing} after ${entry.gap.after})`;
  });

/** A feed that has heard lines and gaps, the oldest first. */
const heard = (...heardOf: (number | Parameters<typeof withFeedGap>[1])[]): readonly LiveEntry[] =>
  heardOf.reduce<readonly LiveEntry[]>(
    (feed, what) => (typeof what === "number" ? withLine(feed, line(what)) : withFeedGap(feed, what)),
    [],
  );

test("the newest line comes first, and old ones make room", () => {
  let feed: readonly LiveEntry[] = [];
  for (let offset = 1; offset <= LINES_MAX + 1; offset++) feed = withLine(feed, line(offset));
  assert.equal(feed.length, LINES_MAX);
  assert.equal(feed[0]?.kind === "line" && feed[0].text, `line ${LINES_MAX + 1}`);
});

test("a gap stands above the lines before it", () => {
  assert.deepEqual(shown(heard(1, { reason: "restarted" }, 1)), ["1", "anew", "1"]);
});

test("a page stands below what is shown, and what is shown already stands once", () => {
  assert.deepEqual(shown(withPage(heard(5, 6), page(3, 5))), ["6", "5", "4", "3"]);
});

test("a page fills the gap to which it belongs, or a part of it", () => {
  const feed = heard(1, missing(1, 4), 6, 7);
  assert.deepEqual(shown(withPage(feed, page(2, 5))), ["7", "6", "5", "4", "3", "2", "1"]);
  assert.deepEqual(shown(withPage(feed, page(4, 5))), ["7", "6", "5", "4", "(2 after 1)", "1"]);
});

test("a gap above which nothing was heard yet is filled as well", () => {
  const feed = heard(1, missing(1, 4));
  assert.deepEqual(shown(withPage(feed, page(4, 5))), ["5", "4", "(2 after 1)", "1"]);
  assert.deepEqual(shown(withPage(feed, page(2, 3))), ["(2 after 3)", "3", "2", "1"]);
});

test("a page belongs to the room as it is, not to what it was before it began anew", () => {
  assert.deepEqual(shown(withPage(heard(8, 9, { reason: "restarted" }, 3), page(1, 2))), [
    "3",
    "2",
    "1",
    "anew",
    "9",
    "8",
  ]);
});

test("there is something earlier until the first line of all is shown", () => {
  assert.equal(earlierThan([]), undefined);
  assert.equal(earlierThan(heard(2, 3)), 2);
  assert.equal(earlierThan(heard(1, 2)), undefined);
  assert.equal(earlierThan(heard(1, { reason: "restarted" }, 4)), 4);
});

test("whatever pages come in whatever order, lines stand in theirs, once, with a mark in each hole", () => {
  const ranges = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(20)).map(([from, more]) => ({ from, to: from + more })),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(ranges, fc.integer({ min: 1, max: 80 }), (pages, newest) => {
      const feed = pages.reduce((filled, { from, to }) => withPage(filled, page(from, to)), heard(newest));
      let above: number | undefined = undefined;
      for (const entry of feed) {
        if (entry.kind === "line") {
          if (above !== undefined) assert.equal(entry.offset, above - 1);
          above = entry.offset;
        } else {
          assert.ok(entry.gap.reason === "missing" && above !== undefined && entry.gap.missing > 0);
          assert.equal(entry.gap.after + entry.gap.missing + 1, above);
          above = entry.gap.after + 1;
        }
      }
      const offsets = new Set([
        newest,
        ...pages.flatMap(({ from, to }) => page(from, to).map((each) => each.offset)),
      ]);
      assert.equal(feed.filter(({ kind }) => kind === "line").length, offsets.size);
    }),
  );
});
