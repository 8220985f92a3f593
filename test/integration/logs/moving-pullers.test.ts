import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { eventually } from "../../support/eventually.ts";
import { KEY, LOGSTORE, PROJECT, SlsWorld } from "../../support/sls-world.ts";

const SHARDS = [0, 1, 2, 3, 4, 5];
const NODES = ["ash", "elm", "oak"];
const WITHIN_MS = 60_000;
/** By then the shards of a dead node are read, and counted, by others: its lease has to lapse first. */
const MOVED_WITHIN_MS = 11_000;
const LOOK_EVERY_MS = 100;

let cluster: ClusterProcesses;
let world: SlsWorld;
before(async () => void (cluster = await ClusterProcesses.start()));
after(() => cluster.stop());

/** Starts a node that has the logstore in its settings. */
async function start(name: string): Promise<void> {
  const sls = { endpoint: world.server.url, project: PROJECT, logstore: LOGSTORE };
  const source = { name: "shop", kind: "sls", ...sls, keyId: KEY.id, keySecret: KEY.secret };
  mkdirSync(cluster.folderOf(name), { recursive: true });
  const settings = JSON.stringify({ logs: { sources: [source] } });
  writeFileSync(join(cluster.folderOf(name), "banyan.yaml"), settings);
  await cluster.add(name);
}

/** Which shards a node reads, as another one says it. */
async function readBy(name: string, asked: string = name): Promise<number[]> {
  const { body } = await cluster.node(asked).get("/v1/logs");
  const { nodes } = body as { nodes: { node: string; pullers: { partition: string }[] }[] };
  const { pullers = [] } = nodes.find(({ node }) => node === name) ?? {};
  return pullers.map(({ partition }) => Number(partition));
}

/** Which shards a node has counted something of. */
async function countedBy(name: string): Promise<number[]> {
  const { body } = await cluster.node(name).get("/v1/logs");
  const { nodes } = body as { nodes: { node: string; pullers: { partition: string; records: number }[] }[] };
  const { pullers = [] } = nodes.find(({ node }) => node === name) ?? {};
  return pullers.filter(({ records }) => records > 0).map(({ partition }) => Number(partition));
}

/** Waits until some nodes have counted something of all these shards. */
async function untilCountedBy(names: readonly string[], shards: readonly number[]): Promise<void> {
  const left = new Set(shards);
  const endMs = performance.now() + WITHIN_MS;
  while (left.size > 0 && performance.now() < endMs) {
    const seen = await Promise.all(names.map(countedBy));
    for (const shard of seen.flat()) left.delete(shard);
    await pass(LOOK_EVERY_MS);
  }
  assert.deepEqual([...left], [], "shards of which nobody has counted anything");
}

/** How many logs of each shard are counted, and whether all that was read is accounted for. */
async function counted(name: string): Promise<number[]> {
  const { body, status } = await cluster.node(name).get("/v1/stats/partitions");
  if (status !== 200) return [];
  const { partitions } = body as { partitions: Record<string, number & string>[] };
  return SHARDS.map((shard) => {
    const found = partitions.find(({ partition }) => partition === `shop/${shard}`);
    assert.equal(found?.["read"] ?? 0, (found?.["counted"] ?? 0) + (found?.["duplicate"] ?? 0));
    return found?.["counted"] ?? 0;
  });
}

describe("the pullers of a cluster", () => {
  it("read each shard at one node, and go on elsewhere within eleven seconds when that is killed, with exact counts", async () => {
    world = await SlsWorld.open(SHARDS.length);
    await Promise.all(NODES.map(start));
    for (const shard of SHARDS) world.store(20, shard);
    await eventually(() => counted("ash"), Array(SHARDS.length).fill(20), undefined, WITHIN_MS);
    const all = async (...names: string[]): Promise<number[]> =>
      (await Promise.all(names.map((name) => readBy(name)))).flat().toSorted((one, other) => one - other);
    await eventually(() => all(...NODES), SHARDS, undefined, WITHIN_MS);
    let owned: number[][] = [];
    // Any node knows it of all, once none of them moves any more.
    const isKnown = async (): Promise<boolean> => {
      owned = await Promise.all(NODES.map((name) => readBy(name)));
      return isDeepStrictEqual(await Promise.all(NODES.map((name) => readBy(name, "elm"))), owned);
    };
    await eventually(isKnown, true, undefined, WITHIN_MS);
    const victim = NODES[owned.findIndex((shards) => shards.length > 0)] ?? "";
    const left = NODES.filter((name) => name !== victim);
    const killedMs = performance.now();
    process.kill(cluster.pidOf(victim), "SIGKILL");
    for (const shard of SHARDS) world.store(15, shard);
    await untilCountedBy(left, owned[NODES.indexOf(victim)] ?? []);
    const movedMs = performance.now() - killedMs;
    assert.ok(movedMs <= MOVED_WITHIN_MS, `the last shard was counted elsewhere after ${movedMs} ms`);
    await eventually(() => all(...left), SHARDS, undefined, WITHIN_MS);
    await eventually(() => counted(left[0] ?? ""), Array(SHARDS.length).fill(35), undefined, WITHIN_MS);
  });
});
