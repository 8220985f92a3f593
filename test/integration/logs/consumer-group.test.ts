import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { logsFeature } from "../../../actors/logs/feature.ts";
import { monitoringFeature } from "../../../actors/monitoring/feature.ts";
import { CountPartialProtocol } from "../../../protocols/partial.ts";
import type { Reply } from "../../../protocols/protocol.ts";
import { SlsConsumerGroup } from "../../../runtime/sls/sls-consumer-group.ts";
import { eventually } from "../../support/eventually.ts";
import { startLocalNode } from "../../support/local-node.ts";
import { OfficialConsumer } from "../../support/official-consumer.ts";
import { KEY, LOGSTORE, PROJECT, SlsWorld } from "../../support/sls-world.ts";

type Account = Reply<CountPartialProtocol, "account">;

const SHARDS = [0, 1, 2, 3];
const GROUP = "counters";
/** Short, so that nobody waits; a node takes the rules of a group that is there as they are. */
const TIMEOUT_SECONDS = 2;

describe("a node in a consumer group of SLS", async () => {
  const world = await SlsWorld.open(SHARDS.length);
  const group = new SlsConsumerGroup(world.client(), LOGSTORE, GROUP);
  await group.create({ timeoutSeconds: TIMEOUT_SECONDS, isOrdered: false });
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-group-"));
  const sls = { endpoint: world.server.url, project: PROJECT, logstore: LOGSTORE, group: GROUP };
  const source = { name: "shop", kind: "sls", ...sls, keyId: KEY.id, keySecret: KEY.secret } as const;
  const node = await startLocalNode([monitoringFeature, logsFeature], (settings) => ({
    ...settings,
    dataDir,
    listeners: [],
    logs: { ...settings.logs, sources: [source] },
  }));
  after(async () => {
    await node.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  /** How many logs of each shard were put. */
  const put = new Map<number, number>();

  function store(logs: number, shard: number): void {
    world.store(logs, shard);
    put.set(shard, (put.get(shard) ?? 0) + logs);
  }

  function account(shard: number): Promise<Account> {
    const { entities, system } = node.node;
    const partial = entities.find(CountPartialProtocol)?.entity(`shop/${shard}`);
    assert.ok(partial !== undefined);
    return system.ask(partial, { kind: "account" });
  }

  async function counted(): Promise<number[]> {
    return Promise.all(SHARDS.map(async (shard) => (await account(shard)).counted));
  }

  /** Whether the group knows that a shard was read up to its end. */
  async function areCommitted(): Promise<boolean> {
    const known = await group.checkpoints();
    const logstore = world.logstore();
    const ends = await Promise.all(SHARDS.map((shard) => logstore.cursor(shard, "end")));
    return SHARDS.every((shard) => known.find((one) => one.shard === shard)?.cursor === ends[shard]);
  }

  it("reads all shards alone, and commits what is counted", async () => {
    for (const shard of SHARDS) store(10 * (shard + 1), shard);
    await eventually(counted, [10, 20, 30, 40]);
    await eventually(areCommitted, true);
  });

  it("gives shards to an official consumer and takes them back, and every log is read by exactly one of the two", async () => {
    const official = new OfficialConsumer("python-1", group, world.logstore());
    await official.beat();
    official.live(200);
    // Logs come all the while, also in the middle of the hand-over.
    const coming = setInterval(() => SHARDS.forEach((shard) => store(1, shard)), 20);
    await eventually(() => official.held.length, 2);
    const given = [...official.held];
    clearInterval(coming);
    for (const shard of given) {
      store(5, shard);
      await official.process(shard);
      await official.commit(shard);
    }
    await eventually(
      async () => {
        const ours = await counted();
        return SHARDS.map((shard) => (ours[shard] ?? 0) + (official.read.get(shard) ?? 0));
      },
      SHARDS.map((shard) => put.get(shard) ?? 0),
    );
    const [first = 0, second = 0] = given;
    // What it reads from here on it does not commit: it dies, and we read that part.
    store(7, first);
    await official.process(first);
    const byOthers = new Map(
      [...official.read].map(([shard, logs]) => [shard, shard === first ? logs - 7 : logs]),
    );
    official.die();
    await eventually(
      counted,
      SHARDS.map((shard) => (put.get(shard) ?? 0) - (byOthers.get(shard) ?? 0)),
      undefined,
      30_000,
    );
    for (const shard of [first, second]) {
      const { handedOver, lost, read, counted: own } = await account(shard);
      assert.deepEqual([handedOver, lost, read], [byOthers.get(shard), 0, own]);
    }
  });

  it("makes the group again when it is deleted, with the checkpoints that it had", async () => {
    await eventually(areCommitted, true);
    const before = node.log.counts.get("logs.groupMade") ?? 0;
    await group.remove();
    await eventually(() => node.log.counts.get("logs.groupMade") ?? 0, before + 1);
    for (const shard of SHARDS) store(3, shard);
    const ours = await counted();
    await eventually(
      counted,
      ours.map((logs) => logs + 3),
    );
    await eventually(areCommitted, true);
  });
});
