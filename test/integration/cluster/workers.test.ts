import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "../../support/eventually.ts";
import { banyan, startNode, workplace } from "../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../support/node-process.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { SeenNode } from "../../support/cluster-processes.ts";

const LIMIT_MS = 240_000;
const SETTLED_WITHIN_MS = 60_000;

describe("the workers of one host as nodes", { timeout: LIMIT_MS }, () => {
  let redis: RedisServer;
  let place: Workplace;
  let host: NodeProcess;
  before(async () => {
    redis = await RedisServer.start();
    place = workplace();
    const words = [
      "--name",
      "oak",
      "--workers",
      "gateway=1,entities=2",
      "--set",
      `cluster.redis=${redis.url}`,
    ];
    host = await startNode(place.folder, words);
  });
  after(async () => {
    host.process.child.kill("SIGKILL");
    await host.process.ended;
    await redis.stop();
    place.remove();
  });

  const nodes = async (): Promise<readonly SeenNode[]> =>
    ((await host.get("/v1/nodes")).body as { nodes: SeenNode[] }).nodes;
  const states = async () => (await nodes()).map(({ node, state, cause }) => `${node} ${cause ?? state}`);
  const until = (expected: readonly string[]) => eventually(states, expected, undefined, SETTLED_WITHIN_MS);
  const workers = (): readonly number[] =>
    (JSON.parse(readFileSync(join(host.dataDir, "node.json"), "utf8")) as { workers: number[] }).workers;

  it("are each a node with a name, a role and an operators' port of its own; only gateways have doors", async () => {
    await until(["oak-1 up", "oak-2 up", "oak-3 up"]);
    const all = await nodes();
    assert.deepEqual(
      all.map(({ roles }) => roles),
      [["gateway"], ["entities", "logs"], ["entities", "logs"]],
    );
    // What they say of themselves comes after that they are there.
    const reports = async () => (await nodes()).map(({ report }) => report);
    await eventually(async () => (await reports()).map((report) => report?.pid), [...workers()]);
    assert.deepEqual(
      (await reports()).map((report) => Object.keys(report?.listeners ?? {}).length),
      [3, 0, 0],
    );
    assert.equal(new Set((await reports()).map((report) => report?.opsUrl)).size, 3);
  });

  it("take entities where that is their role, wherever the message comes in", async () => {
    const web = host.listeners["web"] ?? "";
    const pushed = await banyan(place.folder, ["push", "live/final", "Kick-off", "--url", web]);
    assert.equal(pushed.code, 0, pushed.stderr);
    const { body } = await host.get("/v1/where?entity=live-room/final");
    const { standing, owner } = body as { standing: string; owner?: { node: string } };
    assert.equal(standing, "owned");
    assert.match(owner?.node ?? "", /^oak-[23]$/);
  });

  it("are told to be dead at once when the host has seen one end, long before its lease has lapsed", async () => {
    const [, second] = workers();
    assert.ok(second !== undefined);
    process.kill(second, "SIGKILL");
    await until(["oak-1 up", "oak-2 up", "oak-3 up", "oak-2 reaped"]);
    await eventually(() => workers().length, 3);
    await eventually(() => workers().includes(second), false);
  });

  it("are reloaded one after the other", async () => {
    const earlier = workers();
    const reloaded = await banyan(place.folder, ["reload"]);
    assert.equal(reloaded.code, 0, reloaded.stderr + reloaded.stdout);
    assert.match(reloaded.stdout + reloaded.stderr, /all 3 workers serve/);
    await eventually(() => workers().filter((pid) => earlier.includes(pid)), []);
    const living = async () => (await states()).filter((state) => state.endsWith(" up"));
    await eventually(living, ["oak-1 up", "oak-2 up", "oak-3 up"], undefined, SETTLED_WITHIN_MS);
  });

  it("leave the cluster in order when their host stops", async () => {
    const stopped = await host.stop();
    assert.equal(stopped.code, 0);
    assert.equal(redis.cli("zcard", "{m}:lease"), "0");
  });
});
