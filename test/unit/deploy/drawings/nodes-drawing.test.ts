import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawNodes } from "../../../../deploy/drawings/nodes-drawing.ts";
import type { Nodes } from "../../../../deploy/drawings/nodes-drawing.ts";

const UP: Nodes["nodes"][number] = {
  node: "oak",
  incarnation: "oak/1",
  isSelf: true,
  state: "up",
  joinedAtMs: 0,
  roles: ["gateway", "entities"],
  capacity: 100,
  address: "",
  protocol: { min: 1, max: 1 },
  leaseAgeMs: 700,
  report: {
    version: "1.2.3",
    pid: 7,
    status: "ready",
    uptimeMs: 61_000,
    actors: 12,
    entities: 3,
    opsUrl: "http://oak.test:9510",
    listeners: {},
  },
};
const { report: _report, ...silent } = {
  ...UP,
  node: "elm",
  isSelf: false,
  silence: "no answer within 1500 ms",
};
const dead = { ...silent, node: "ash", state: "dead", cause: "expired" } as const;

const marked = (style: string, text: string) => `<${style}>${text}`;
const lines = (nodes: Nodes["nodes"], showsDead = false) =>
  drawNodes({ isCluster: true, nodes }, showsDead, marked).split("\n");

describe("the drawing of the nodes", () => {
  it("marks the one that answers, and shows what each says of itself", () => {
    const [, row] = lines([UP]);
    assert.match(
      row ?? "",
      /^oak \* +up +gateway,entities +100 +700 ms ago +3 +12 +1 min +1\.2\.3 +http:\/\/oak/,
    );
  });

  it("warns of one that leaves, and alarms of one that is silent", () => {
    const [, leaving, quiet] = lines([{ ...UP, state: "leaving" }, silent]);
    assert.match(leaving ?? "", /^<warn>oak/);
    assert.match(quiet ?? "", /^<alarm>elm +up, silent: no answer within 1500 ms/);
  });

  it("counts the dead, and shows them when asked", () => {
    assert.match(lines([UP, dead]).at(-1) ?? "", /1 more have ended within the last hour: --dead/);
    assert.match(lines([UP, dead], true).at(-1) ?? "", /^<dim>ash +dead: expired/);
  });

  it("says that a node stands alone", () => {
    assert.match(drawNodes({ isCluster: false, nodes: [UP] }, false, marked), /^This node stands alone/);
  });
});
