import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOf, LINES_MAX, withFeedGap, withLine } from "../../../../../actors/rooms/page/live-log.ts";
import type { LiveEntry } from "../../../../../actors/rooms/page/live-log.ts";

const line = (offset: number) => ({
  room: "live/final",
  offset,
  from: "desk",
  data: `line ${offset}`,
  atMs: 0,
});

test("the newest line comes first, and old ones make room", () => {
  let feed: readonly LiveEntry[] = [];
  for (let offset = 1; offset <= LINES_MAX + 1; offset++) feed = withLine(feed, line(offset));
  assert.equal(feed.length, LINES_MAX);
  assert.equal(feed[0]?.kind === "line" && feed[0].text, `line ${LINES_MAX + 1}`);
});

test("a gap stands above the lines before it", () => {
  const feed = withLine(withFeedGap(withLine([], line(1)), { reason: "restarted" }), line(1));
  assert.deepEqual(
    feed.map(({ kind }) => kind),
    ["line", "gap", "line"],
  );
});

test("the board shows the score large and every fact it does not know by its name", () => {
  const board = boardOf({
    home: "North",
    away: "South",
    score: [2, 1],
    minute: 61,
    cards: { yellow: 3 },
    weather: "rain",
  });
  assert.deepEqual(board, {
    home: "North",
    away: "South",
    score: "2 : 1",
    clock: "61′",
    others: [
      { name: "cards", value: '{"yellow":3}' },
      { name: "weather", value: "rain" },
    ],
  });
});

test("home and away are the score when they are numbers", () => {
  const { home, away, score } = boardOf({ home: 1, away: 0, homeTeam: "North" });
  assert.deepEqual([home, away, score], ["North", "", "1 : 0"]);
});

test("a room without a score has none on its board", () => {
  assert.deepEqual(boardOf({ clock: "half time" }), {
    home: "",
    away: "",
    score: undefined,
    clock: "half time",
    others: [],
  });
});
