import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOf } from "../../../../../actors/rooms/page/board.ts";

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
