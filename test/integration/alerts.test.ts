import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { banyan, eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess } from "../support/node-process.ts";

const KEY = "the-api-key-of-a-shop";
const BLOCK_MS = 180_000;
const SETTINGS = `
push:
  keys:
    - { id: shop, kind: apiKey, secret: ${KEY}, scopes: ["messages:count-partial/services/*"] }
metrics:
  - { name: refunds, sources: [services], value: sum, field: amount, decimals: 2, dimensions: [{ name: shop }] }
alerts:
  rules:
    - { name: refunds, metric: refunds, measure: sum, fireAbove: 100, keepFiring: 480, severity: critical, runbook: ask the shop }
    - { name: many, metric: refunds, fireAbove: 5 }
`;

const place = workplace();
let node: NodeProcess;
before(async () => {
  writeFileSync(join(place.folder, "banyan.yaml"), SETTINGS);
  node = await startNode(place.folder);
});
after(async () => {
  await node.stop();
  place.remove();
});

interface Alert {
  readonly rule: string;
  readonly state: string;
  readonly summary?: string;
  readonly judgedUpToMs?: number;
  readonly acknowledged?: { readonly by: string };
}
interface Alarm {
  readonly key: string;
  readonly state: string;
  readonly summary: string;
}

const alert = async (rule: string) => {
  const { alerts = [] } = (await node.get("/v1/alerts")).body as { alerts?: Alert[] };
  return alerts.find((one) => one.rule === rule);
};
const alarms = async () => ((await node.get("/v1/alarms")).body as { active?: Alarm[] }).active ?? [];
const alarm = async () => (await alarms()).find(({ key }) => key === "alert:refunds");
const history = async () => (await node.get("/v1/alerts/history?rule=refunds")).body;
const run = (...words: string[]) => banyan(place.folder, ["alerts", ...words, "--url", node.ops]);

async function tell(value: number, atMs: number): Promise<string> {
  const response = await fetch(`${node.listeners["web"]}/v1/messages/count-partial/services/shop`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", connection: "close" },
    body: JSON.stringify({
      kind: "count",
      metric: "refunds",
      value,
      dims: { shop: "north" },
      atMs,
      eventId: String(atMs),
    }),
  });
  return ((await response.json()) as { kind: string }).kind;
}

describe("an alert rule of the settings", () => {
  it("fires for what was counted in a block that has passed, and people are told of it", async () => {
    assert.equal((await alert("refunds"))?.state, "inactive");
    // Blocks are judged in their order, so everything that the rule is to see is in one record.
    assert.equal(await tell(250.5, Date.now() - 3 * BLOCK_MS), "taken");
    await eventually(async () => (await alert("refunds"))?.state, "recovering");
    await eventually(async () => (await alarms()).map(({ key }) => key), ["alert:refunds"]);
    assert.match((await alarm())?.summary ?? "", /^refunds: sum of refunds is 250\.5, more than 100 is bad/);
    await eventually(() => eventsIn(node.process.stdout, "alarm.raised").length, 1);
    assert.match(JSON.stringify(await history()), /"became":"firing","value":250.5/);
    await eventually(async () => (await alert("many"))?.judgedUpToMs, (await alert("refunds"))?.judgedUpToMs);
    assert.equal((await alert("many"))?.state, "inactive");
  });

  it("is acknowledged by its name, which the alarms know too", async () => {
    assert.match((await run("ack", "refunds")).stdout, /refunds: acknowledged/);
    await eventually(async () => (await alarm())?.state, "acknowledged");
  });

  it("goes on after kill -9 where it was: no block is judged twice, and it is still acknowledged", async () => {
    const known = await history();
    const served = eventsIn(node.process.stdout, "worker.serving").length;
    process.kill(node.workerPid(), "SIGKILL");
    await node.process.until((stdout) =>
      eventsIn(stdout, "worker.serving").length > served ? true : undefined,
    );
    await eventually(async () => (await alarm())?.state, "acknowledged");
    assert.deepEqual(await history(), known);
    assert.ok((await alert("refunds"))?.acknowledged !== undefined);
  });
});
