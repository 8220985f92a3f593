import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { eventually } from "../../support/eventually.ts";
import { KEY, LOGSTORE, PROJECT, SlsWorld } from "../../support/sls-world.ts";

const SHARDS = [0, 1, 2, 3, 4, 5];
const NODES = ["ash", "elm", "oak"];
const WITHIN_MS = 60_000;

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

/** Which shards a node reads. */
async function readBy(name: string): Promise<number[]> {
  const { body } = await cluster.node(name).get("/v1/logs");
  const { pullers } = body as { pullers: { partition: string }[] };
  return pullers.map(({ partition }) => Number(partition));
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
  it("read each shard at one node, and go on elsewhere when that is killed, with exact counts", async () => {
    world = await SlsWorld.open(SHARDS.length);
    await Promise.all(NODES.map(start));
    for (const shard of SHARDS) world.store(20, shard);
    await eventually(() => counted("ash"), Array(SHARDS.length).fill(20), undefined, WITHIN_MS);
    const all = async (...names: string[]): Promise<number[]> =>
      (await Promise.all(names.map(readBy))).flat().toSorted((one, other) => one - other);
    await eventually(() => all(...NODES), SHARDS, undefined, WITHIN_MS);
    const owned = await Promise.all(NODES.map(readBy));
    const victim = NODES[owned.findIndex((shards) => shards.length > 0)] ?? "";
    process.kill(cluster.pidOf(victim), "SIGKILL");
    for (const shard of SHARDS) world.store(15, shard);
    const left = NODES.filter((name) => name !== victim);
    await eventually(() => all(...left), SHARDS, undefined, WITHIN_MS);
    await eventually(() => counted(left[0] ?? ""), Array(SHARDS.length).fill(35), undefined, WITHIN_MS);
  });
});
