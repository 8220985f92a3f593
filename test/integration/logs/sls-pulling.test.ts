import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { logsFeature } from "../../../actors/logs/feature.ts";
import { monitoringFeature } from "../../../actors/monitoring/feature.ts";
import type { FaultKind } from "../../../deploy/dev/sls/faults.ts";
import type { LogSourceSettings } from "../../../protocols/log-settings.ts";
import { CountPartialProtocol } from "../../../protocols/partial.ts";
import type { Reply } from "../../../protocols/protocol.ts";
import { eventually } from "../../support/eventually.ts";
import { startLocalNode } from "../../support/local-node.ts";
import type { LocalNode } from "../../support/local-node.ts";
import { KEY, LOGSTORE, PROJECT, SlsWorld } from "../../support/sls-world.ts";

type Account = Reply<CountPartialProtocol, "account">;

/** What is put into a shard that does not hang is counted by then, in milliseconds, though others do. */
const UNMOVED_WITHIN_MS = 4_000;

/** A node that reads the logstore of a server of its own. */
class Pulling {
  readonly world: SlsWorld;
  readonly #node: LocalNode;
  readonly #dataDir: string;

  private constructor(world: SlsWorld, node: LocalNode, dataDir: string) {
    this.world = world;
    this.#node = node;
    this.#dataDir = dataDir;
  }

  static async start(world: SlsWorld, change: Partial<LogSourceSettings> = {}): Promise<Pulling> {
    const sls = { endpoint: world.server.url, project: PROJECT, logstore: LOGSTORE };
    const source = {
      name: "shop",
      kind: "sls",
      ...sls,
      keyId: KEY.id,
      keySecret: KEY.secret,
      ...change,
    } as const;
    const dataDir = mkdtempSync(join(tmpdir(), "banyan-sls-"));
    const node = await startLocalNode([monitoringFeature, logsFeature], (settings) => ({
      ...settings,
      dataDir,
      listeners: [],
      logs: { ...settings.logs, sources: [source] },
    }));
    const pulling = new Pulling(world, node, dataDir);
    after(() => pulling.stop());
    return pulling;
  }

  async stop(): Promise<void> {
    await this.#node.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  account(shard: number): Promise<Account> {
    const { entities, system } = this.#node.node;
    const partial = entities.find(CountPartialProtocol)?.entity(`shop/${shard}`);
    assert.ok(partial !== undefined);
    return system.ask(partial, { kind: "account" });
  }

  async counted(...shards: number[]): Promise<number[]> {
    return Promise.all(shards.map(async (shard) => (await this.account(shard)).counted));
  }

  events(name: string): number {
    return this.#node.log.counts.get(name as never) ?? 0;
  }
}

/** What was read is all accounted for. */
function assertIdentity({ read, counted, duplicate, quarantined, tooLate, unparsable }: Account): void {
  assert.equal(read, counted + duplicate + quarantined + tooLate + unparsable);
}

describe("pullers of a logstore", () => {
  it("count everything in all shards, and what comes later", async () => {
    const world = await SlsWorld.open(4);
    for (const shard of [0, 1, 2, 3]) world.store(100 * (shard + 1), shard);
    const pulling = await Pulling.start(world);
    await eventually(() => pulling.counted(0, 1, 2, 3), [100, 200, 300, 400]);
    world.store(11, 2);
    await eventually(() => pulling.counted(2), [311]);
    assertIdentity(await pulling.account(2));
  });

  it("are not held up by shards that do not answer, and those are back within eleven seconds", async () => {
    const world = await SlsWorld.open(4);
    const pulling = await Pulling.start(world);
    for (const shard of [0, 1, 2, 3]) world.store(10, shard);
    await eventually(() => pulling.counted(0, 1, 2, 3), [10, 10, 10, 10]);
    for (const shard of [1, 3]) world.server.faults.add({ kind: "hang", call: "pull", shard, times: 1 });
    // The hung reads are under way.
    await eventually(() => world.server.openCalls >= 2, true);
    const hungMs = performance.now();
    for (const shard of [0, 1, 2, 3]) world.store(5, shard);
    await eventually(() => pulling.counted(0, 2), [15, 15]);
    const unmovedMs = performance.now() - hungMs;
    // A tenth of what the hung ones take; the rest is what a busy machine may take.
    assert.ok(unmovedMs < UNMOVED_WITHIN_MS, `the others took ${unmovedMs} ms`);
    assert.deepEqual(await pulling.counted(1, 3), [10, 10]);
    await eventually(() => pulling.counted(1, 3), [15, 15]);
    const backMs = performance.now() - hungMs;
    // Eight seconds until the read is given up, then at once; the rest is what a busy machine may take.
    assert.ok(backMs < 16_000, String(backMs));
    for (const shard of [0, 1, 2, 3]) assertIdentity(await pulling.account(shard));
  });

  it("count exactly through every fault of the service", async () => {
    const world = await SlsWorld.open(1);
    const pulling = await Pulling.start(world, { pullTimeoutMs: 1_000 });
    const failing: readonly FaultKind[] = [
      { kind: "reset" },
      { kind: "lostAnswer" },
      { kind: "wrongSize" },
      { kind: "wrongCount" },
      { kind: "truncate" },
      { kind: "delay", ms: 50 },
      { kind: "error", status: 500, code: "InternalServerError" },
      { kind: "error", status: 403, code: "ShardReadQuotaExceed" },
      { kind: "hang" },
      { kind: "stall" },
      { kind: "drip", everyMs: 10 },
    ];
    let put = 0;
    for (const fault of failing) {
      world.store(10);
      put += 10;
      // The next pull brings them, and fails.
      world.server.faults.add({ ...fault, call: "pull" });
      await eventually(() => pulling.counted(0), [put], fault.kind);
    }
    const account = await pulling.account(0);
    assertIdentity(account);
    assert.deepEqual([account.read, account.lost, account.quarantined], [put, 0, 0]);
  });

  it("put a group aside that cannot be read, by its number, and count all others", async () => {
    const world = await SlsWorld.open(1);
    world.store(20);
    const store = world.server.store.logstore(PROJECT, LOGSTORE);
    // A log whose length goes beyond its group.
    store.append(store.shard(0), Buffer.from([0x0a, 0x7f, 0x08]));
    world.store(20);
    const pulling = await Pulling.start(world);
    await eventually(() => pulling.counted(0), [40]);
    const account = await pulling.account(0);
    assert.equal(account.quarantined, 1);
    assertIdentity(account);
    assert.equal(pulling.events("logs.quarantined"), 1);
  });

  it("record exactly how many groups were gone before they were read, and read all that are left", async () => {
    const world = await SlsWorld.open(1);
    world.store(5);
    const pulling = await Pulling.start(world);
    await eventually(() => pulling.counted(0), [5]);
    // Nothing can be read for a while: meanwhile thirty groups come, and the oldest twelve of them go.
    world.server.faults.add({
      kind: "error",
      call: "pull",
      status: 500,
      code: "InternalServerError",
      times: 1_000,
    });
    await eventually(async () => (await pulling.account(0)).state, "stalled");
    world.store(30);
    world.shard(0).log.dropOldest(5 + 12);
    world.server.faults.clear();
    await eventually(() => pulling.counted(0), [5 + 18]);
    const account = await pulling.account(0);
    assert.equal(account.lost, 12);
    assertIdentity(account);
    assert.equal(pulling.events("logs.gap"), 1);
  });

  it("read the children of a split after their parent, where order is asked for", async () => {
    const world = await SlsWorld.open(1);
    world.store(30);
    const logstore = world.logstore();
    await logstore.splitShard(0, "80000000000000000000000000000000");
    world.store(3, 1);
    world.store(4, 2);
    const pulling = await Pulling.start(world, { inOrder: true });
    await eventually(() => pulling.counted(0, 1, 2), [30, 3, 4]);
    await eventually(async () => (await pulling.account(0)).state, "gone");
  });

  it("read what splits and merges have made in their order, however many there were", async () => {
    const world = await SlsWorld.open(1);
    const logstore = world.logstore();
    const { faults } = world.server;
    world.store(30);
    await logstore.splitShard(0, "80000000000000000000000000000000");
    world.store(20, 1);
    world.store(20, 2);
    await logstore.splitShard(1, "40000000000000000000000000000000");
    world.store(10, 3);
    world.store(10, 4);
    await logstore.mergeShards(4);
    world.store(5, 5);
    const all = [0, 1, 2, 3, 4, 5];
    // Whoever does not wait is ahead for long.
    for (const shard of all) faults.add({ kind: "delay", ms: 150, call: "pull", shard, times: 2 });
    const pulling = await Pulling.start(world, { inOrder: true });
    const parents = new Map([
      [1, [0]],
      [2, [0]],
      [3, [1]],
      [4, [1]],
      [5, [2, 4]],
    ]);
    const wanted = [30, 20, 20, 10, 10, 5];
    const counts = [0, 0, 0, 0, 0, 0];
    while (counts.some((count, shard) => count !== wanted[shard])) {
      // The last first: what is seen of a parent afterwards was so before, or has come since.
      for (const shard of all.toReversed()) [counts[shard] = 0] = await pulling.counted(shard);
      for (const [shard, before] of parents) {
        const isBegun = (counts[shard] ?? 0) > 0;
        for (const parent of before) {
          assert.ok(
            !isBegun || counts[parent] === wanted[parent],
            `${shard} has begun before ${parent} was read`,
          );
        }
      }
      await pass(5);
    }
    for (const shard of all) assertIdentity(await pulling.account(shard));
  });
});
