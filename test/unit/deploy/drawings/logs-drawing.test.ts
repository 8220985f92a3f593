import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawLogs } from "../../../../deploy/drawings/logs-drawing.ts";
import type { Logs } from "../../../../deploy/drawings/logs-drawing.ts";
import { timeOf } from "../../../../deploy/drawings/units.ts";

const plain = (_style: string, text: string): string => text;
const PULLER: Logs["pullers"][number] = {
  source: "shop",
  partition: "0",
  state: "lagging",
  cursor: "MTcyOTA3MDYxODQyODA0NDY1NQ==",
  step: "reads",
  lagMs: 61_000,
  ratePerSecond: 1_200.5,
  records: 12_000,
  batches: 3,
  bytes: 5_604_000,
  unparsable: 0,
  quarantined: 0,
  gaps: 0,
  lost: 0,
  failures: 0,
  restarts: 0,
};

describe("banyan logs", () => {
  it("shows for each log how far it is read, and how far it is behind", () => {
    assert.equal(
      drawLogs({ node: "elm", pullers: [PULLER] }, plain),
      [
        "log     state    behind  per second  records     read  lost  aside  counted up to",
        "shop/0  lagging   1 min      1200.5    12000  5.3 MiB     0      0  MTcyOTA3MDYxODQyODA0NDY1NQ==",
      ].join("\n"),
    );
  });

  it("says what went wrong last, and that something is lost although nobody knows how much", () => {
    const trouble = { atMs: 1_700_000_000_000, code: "ServerBusy", text: "ServerBusy: come again" };
    const drawn = drawLogs({ node: "elm", pullers: [{ ...PULLER, gaps: 1, trouble }] }, plain);
    assert.match(drawn, / some {6}0 /);
    assert.ok(drawn.endsWith(`last failures\n${timeOf(trouble.atMs)}  shop/0  ServerBusy: come again`));
  });

  it("says when there is nothing to read", () => {
    assert.equal(drawLogs({ node: "elm", pullers: [] }, plain), "elm reads no logs.");
  });
});
