import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { settingsOf } from "../../../deploy/commands/settings-options.ts";
import { Refusal } from "../../../deploy/refusal.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import { hasRole, plannedWorkers, settingsOfWorker, withinRoles } from "../../../deploy/worker-plan.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";

const REDIS = "redis://127.0.0.1:6379";

function load(given: Readonly<Record<string, string>>): NodeSettings {
  const flags = Object.entries(given).map(([dotted, text]) => ({ dotted, text, flag: `--set ${dotted}` }));
  return loadSettings({ folder: "/no/such/folder", environment: {}, flags });
}

function refusalOf(given: Readonly<Record<string, string>>): string {
  try {
    load(given);
  } catch (error) {
    assert.ok(error instanceof Refusal && error.exitCode === 78, String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: "the settings were accepted" });
}

describe("the settings of a cluster", () => {
  it("are those of a node that stands alone unless given", () => {
    const { cluster } = load({});
    assert.equal(cluster.redis, undefined);
    assert.deepEqual([cluster.profile, cluster.durability, cluster.capacity], ["safe", "fsync", 100]);
  });

  it("take every form of a Redis URL", () => {
    for (const redis of [
      REDIS,
      "rediss://user:password@redis.test/1",
      "redis+unix:///run/redis.sock",
      "redis+sentinel://s1,s2:26380/main",
      "redis+cluster://n1,n2",
    ]) {
      assert.equal(load({ "cluster.redis": redis }).cluster.redis, redis);
    }
  });

  it("refuse a URL that means nothing by its field, and repeat nothing of it", () => {
    const refused = refusalOf({ "cluster.redis": "redis://user:hunter22@/x" });
    assert.match(
      refused,
      /--set cluster\.redis: cluster\.redis is no Redis URL \(not shown, it is secret\): host 1/,
    );
    assert.ok(!refused.includes("hunter22"));
    assert.match(refusalOf({ "cluster.redis": "x" }), /cluster\.redis is not acceptable \(not shown/);
  });

  it("refuse certificates where nothing is encrypted, and one half of a pair", () => {
    const ca = { "cluster.redis": REDIS, "cluster.tls.caFile": "ca.pem" };
    assert.match(refusalOf(ca), /cluster\.tls is given, and cluster\.redis is not encrypted/);
    const cert = { "cluster.redis": "rediss://redis.test", "cluster.tls.certFile": "node.pem" };
    assert.match(refusalOf(cert), /cluster\.tls\.keyFile is missing: certificate and key belong together/);
    load({ ...cert, "cluster.tls.keyFile": "node.key" });
  });

  it("refuse roles that are none, or are there twice", () => {
    assert.match(
      refusalOf({ "cluster.roles": "entitles" }),
      /cluster\.roles\[0\] is "entitles".*did you mean entities/,
    );
    assert.match(
      refusalOf({ "cluster.roles": "gateway,gateway" }),
      /cluster\.roles\[1\] is gateway a second time/,
    );
    assert.match(
      refusalOf({ "cluster.profile": "slow" }),
      /cluster\.profile is "slow"; expected one of safe, fast/,
    );
  });

  it("refuse several workers without a Redis, however they are asked for", () => {
    assert.match(
      refusalOf({ "host.workers": "4" }),
      /host\.workers is 4, and more than one worker needs Redis/,
    );
    const byRole = { "host.workersByRole": "gateway=1,entities=3" };
    assert.match(
      refusalOf(byRole),
      /host\.workersByRole is gateway=1,entities=3, and more than one worker needs/,
    );
    const twice = { "cluster.redis": REDIS, "host.workersByRole": "gateway=1,gateway=2" };
    assert.match(refusalOf(twice), /host\.workersByRole\[1\] is gateway a second time/);
    assert.match(
      refusalOf({ "host.workersByRole": "logs=1" }),
      /expected a role and a number, such as entities=3/,
    );
  });
});

describe("the workers of a host", () => {
  const numbered = (settings: NodeSettings) =>
    plannedWorkers(settings).map(({ number, roles }) => `${number} ${roles.join("+")}`);

  it("are as many as asked for, each with all roles of the node", () => {
    assert.deepEqual(numbered(load({})), ["1 gateway+entities+logs"]);
    const two = load({ "cluster.redis": REDIS, "host.workers": "2", "cluster.roles": "entities" });
    assert.deepEqual(numbered(two), ["1 entities", "2 entities"]);
  });

  it("are one role each where roles are counted, those for clients first; logs are read where entities are", () => {
    const settings = load({ "cluster.redis": REDIS, "host.workersByRole": "entities=2,gateway=1" });
    assert.deepEqual(numbered(settings), ["1 gateway", "2 entities+logs", "3 entities+logs"]);
  });

  it("are nodes of their own: a name, roles, an operators' port", () => {
    const settings = load({
      "cluster.redis": REDIS,
      "host.workersByRole": "gateway=1,entities=1",
      name: "oak",
    });
    const [first, second] = [settingsOfWorker(settings, 1), settingsOfWorker(settings, 2)];
    assert.deepEqual([first.name, first.ops.port, first.cluster.roles], ["oak-1", 9510, ["gateway"]]);
    assert.deepEqual(
      [second.name, second.ops.port, second.cluster.roles],
      ["oak-2", 0, ["entities", "logs"]],
    );
    assert.deepEqual([withinRoles(first).listeners.length, withinRoles(second).listeners.length], [3, 0]);
  });

  it("are as many as the flag says, whatever the file says", async () => {
    const folder = mkdtempSync(join(tmpdir(), "banyan-workers-"));
    try {
      const config = join(folder, "banyan.yaml");
      const countOf = async (workers: string) => plannedWorkers(await settingsOf({ config, workers })).length;
      writeFileSync(
        config,
        `cluster: { redis: "${REDIS}" }\nhost: { workersByRole: [gateway=1, entities=3] }\n`,
      );
      assert.deepEqual([await countOf("2"), await countOf("0"), await countOf("entities=1")], [2, 0, 1]);
      writeFileSync(config, `cluster: { redis: "${REDIS}" }\nhost: { workers: 0 }\n`);
      assert.equal(await countOf("gateway=1,entities=3"), 4);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are refused beyond those that the settings ask for now: they would be in the place of another one", () => {
    const fewer = load({ "host.workers": "1" });
    assert.equal(settingsOfWorker(fewer, 1).name, fewer.name);
    assert.throws(() => settingsOfWorker(fewer, 2), /ask for 1 workers now.*this is number 2; banyan stop/u);
    const none = load({ "host.workers": "0" });
    assert.deepEqual(settingsOfWorker(none, 1), none);
  });

  it("are the node itself where there is one, and all there is for a node that stands alone", () => {
    const settings = load({ name: "oak", "cluster.roles": "entities" });
    assert.deepEqual(settingsOfWorker(settings, 1), settings);
    assert.ok(hasRole(settings, "gateway"), "nobody else would take its clients");
    assert.equal(withinRoles(settings).listeners.length, 3);
  });
});
