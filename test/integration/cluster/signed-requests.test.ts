import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { gatewayFeature } from "../../../actors/gateway/feature.ts";
import { roomsFeature } from "../../../actors/rooms/feature.ts";
import { servicesFeature } from "../../../actors/services/feature.ts";
import { openCluster } from "../../../deploy/open-cluster.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";
import { sign } from "../../../runtime/identity/signature.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { eventually } from "../../support/eventually.ts";
import { ledgerFeature } from "../../support/ledger-feature.ts";
import { startLocalNode } from "../../support/local-node.ts";
import type { LocalNode } from "../../support/local-node.ts";
import { RedisServer } from "../../support/redis-server.ts";

const KEY = {
  id: "desk",
  kind: "hmac",
  secret: "a-secret-that-all-nodes-know",
  scopes: ["messages", "push"],
};
const PATH = "/v1/messages/ledger/one";
const READY_WITHIN_MS = 30_000;

let redis: RedisServer;
const nodes: LocalNode[] = [];
before(async () => {
  redis = await RedisServer.start();
  for (const name of ["a", "b"]) nodes.push(await startNode(name));
});
after(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await redis.stop();
});

function startNode(name: string): Promise<LocalNode> {
  const change = (settings: NodeSettings): NodeSettings => ({
    ...settings,
    name,
    cluster: { ...settings.cluster, redis: redis.url },
    push: { ...settings.push, keys: [KEY as NodeSettings["push"]["keys"][number]] },
  });
  const features = [roomsFeature, ledgerFeature, servicesFeature, gatewayFeature];
  return startLocalNode(features, change, (settings) => openCluster(settings, SILENT));
}

/** A request as it goes over the wire: whoever has captured it may send it again, anywhere. */
function signed(path: string, content: unknown) {
  const body = JSON.stringify(content);
  const headers = {
    ...sign(KEY, { method: "POST", path, body, timestampMs: Date.now(), nonce: randomUUID() }),
    "content-type": "application/json",
  };
  return async (at: LocalNode | undefined) => {
    const url = `http://127.0.0.1:${at?.portOf("web")}${path}`;
    const answer = await fetch(url, { method: "POST", headers, body });
    return [answer.status, ((await answer.json()) as { code?: string; kind?: string }).code ?? "taken"];
  };
}

const jot = (number: number) => signed(PATH, { kind: "jot", number });

describe("a signed request in a cluster", () => {
  it("is taken by one node and by no other one, whether a message or a push", async () => {
    const message = jot(1);
    assert.deepEqual(await message(nodes[0]), [202, "taken"]);
    assert.deepEqual(await message(nodes[1]), [401, "replayedNonce"]);
    assert.deepEqual(await message(nodes[0]), [401, "replayedNonce"]);
    const push = signed("/chatroom/push", { room: "chat/all", data: 1 });
    assert.deepEqual(await push(nodes[1]), [200, "taken"]);
    assert.deepEqual(await push(nodes[0]), [401, "replayedNonce"]);
  });

  it("leaves keys behind that go by themselves", () => {
    const keys = redis.cli("keys", "{s:*}:nonce").split("\n");
    assert.equal(keys.length, 2);
    for (const key of keys) {
      const leftMs = Number(redis.cli("pttl", key));
      assert.ok(leftMs > 0 && leftMs <= 900_000, `${key} ${leftMs}`);
    }
  });

  it("is refused while Redis does not answer, and everywhere when it was captured then", async () => {
    await redis.kill();
    const request = jot(2);
    assert.deepEqual(await request(nodes[0]), [503, "nonceUnknown"]);
    await redis.start();
    await eventually(async () => jot(3)(nodes[0]), [202, "taken"], undefined, READY_WITHIN_MS);
    assert.deepEqual(await request(nodes[0]), [401, "replayedNonce"]);
  });
});
