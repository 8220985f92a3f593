import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawLogs } from "../../../../deploy/drawings/logs-drawing.ts";
import type { Logs } from "../../../../deploy/drawings/logs-drawing.ts";
import { timeOf } from "../../../../deploy/drawings/units.ts";

const plain = (_style: string, text: string): string => text;
/** Of one node that reads these. */
function logsOf(...pullers: Logs["nodes"][number]["pullers"]): Logs {
  return { node: "elm", nodes: [{ node: "elm", sources: [], pullers }] };
}

const PULLER: Logs["nodes"][number]["pullers"][number] = {
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
  handedOver: 0,
  failures: 0,
  restarts: 0,
};

describe("banyan logs", () => {
  it("shows for each log how far it is read, and how far it is behind", () => {
    assert.equal(
      drawLogs(logsOf(PULLER), plain),
      [
        "log     state    behind  per second  records     read  lost  aside  counted up to",
        "shop/0  lagging   1 min      1200.5    12000  5.3 MiB     0      0  MTcyOTA3MDYxODQyODA0NDY1NQ==",
      ].join("\n"),
    );
  });

  it("says what went wrong last, and that something is lost although nobody knows how much", () => {
    const trouble = { atMs: 1_700_000_000_000, code: "ServerBusy", text: "ServerBusy: come again" };
    const drawn = drawLogs(logsOf({ ...PULLER, gaps: 1, trouble }), plain);
    assert.match(drawn, / some {6}0 /);
    assert.ok(
      drawn.endsWith(`last failures\n${timeOf(trouble.atMs)}  shop/0 at elm  ServerBusy: come again`),
    );
  });

  it("names what is counted and read by nobody, as of a node that has died", () => {
    const counted = ["shop/0", "nginx/web-1", "nginx/web-2"].map((partition) => ({
      batches: 1,
      read: 0,
      counted: 0,
      duplicate: 0,
      quarantined: 0,
      tooLate: 0,
      unparsable: 0,
      lost: 0,
      partition,
      state: partition === "nginx/web-2" ? "gone" : "stalled",
      watermarkMs: 1_700_000_000_000,
    }));
    const drawn = drawLogs(logsOf(PULLER), plain, counted);
    const line = `nginx/web-1  counted up to ${timeOf(1_700_000_000_000)}  gone for good? banyan logs forget nginx/web-1`;
    assert.ok(drawn.endsWith(`\n\nnothing is heard of\n${line}`), drawn);
  });

  it("says when there is nothing to read", () => {
    assert.equal(drawLogs(logsOf(), plain), "elm reads no logs.");
  });

  it("shows those of all nodes, and which of them does not answer", () => {
    const ash = { node: "ash", silence: "no answer within 1500 ms", sources: [], pullers: [] };
    const drawn = drawLogs({ node: "elm", nodes: [ash, ...logsOf(PULLER).nodes] }, plain);
    assert.match(drawn, /^node  log /);
    assert.match(drawn, /\nelm {3}shop\/0 /);
    assert.ok(drawn.endsWith("not read\nash does not answer: no answer within 1500 ms"));
  });

  it("names a source that cannot be listed, although nothing of it is read", () => {
    const trouble = { atMs: 1_700_000_000_000, code: "Unauthorized", text: "the key is refused" };
    const nodes = [{ node: "elm", sources: [{ source: "shop", trouble }], pullers: [] }];
    const lines = [
      "elm reads no logs.",
      "",
      "not read",
      `${timeOf(trouble.atMs)}  shop at elm  the key is refused`,
    ];
    assert.equal(drawLogs({ node: "elm", nodes }, plain), lines.join("\n"));
  });

  it("says which parts of a shared log a node holds", () => {
    const group = { name: "g", consumer: "elm-1", isMember: true, held: ["0", "3"] };
    const nodes = [{ node: "elm", sources: [{ source: "shop", group }], pullers: [PULLER] }];
    assert.ok(
      drawLogs({ node: "elm", nodes }, plain).endsWith(
        "shared with others\nshop  group g, elm as elm-1: holds 0, 3",
      ),
    );
  });
});
