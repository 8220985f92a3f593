import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import Type from "typebox";
import { connect, defineProtocol, isFault, isUndone } from "../../../runtime/service-client/connect.ts";
import type { ServiceClient } from "../../../runtime/service-client/connect.ts";
import { sign } from "../../../runtime/identity/signature.ts";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { eventually } from "../../support/eventually.ts";
import { eventsIn } from "../../support/node-process.ts";
import { withRoles } from "../../support/with-roles.ts";

const LIMIT_MS = 240_000;
/** Longer than a lease and its removal, on a machine that has much else to do. */
const SETTLED_WITHIN_MS = 60_000;
const DEADLINE_MS = 30_000;

/** What another program knows of the entities of the cluster: their words, in a protocol of its own. */
const Ledger = {
  type: "ledger",
  protocol: defineProtocol({
    name: "ledger",
    version: 1,
    tell: { jot: { number: Type.Integer() } },
    ask: {
      add: { request: { number: Type.Integer() }, reply: { added: { count: Type.Integer() } } },
      read: { request: {}, reply: { ledger: { numbers: Type.Array(Type.Integer()) } } },
      hang: { request: {}, reply: { never: {} } },
    },
  }),
} as const;

let cluster: ClusterProcesses;
let service: ServiceClient;
before(async () => {
  const roles = withRoles(new URL("../../support/ledger-roles.js", import.meta.url));
  cluster = await ClusterProcesses.startIn(roles, "a", "b");
  service = await connect({ redis: cluster.redis.url, name: "billing" });
  await cluster.untilSeenBy("a", ["a up", "b up", "billing up"]);
});
after(async () => {
  await service.close(0);
  await cluster.stop();
});

const ledger = (id: string) => service.entity(Ledger, id);
const numbersOf = async (id: string) =>
  (await ledger(id).ask({ kind: "read" }, { deadlineMs: DEADLINE_MS })).numbers;

/** Which node has which of some ledgers. */
async function ownerOf(id: string, seenBy = "a"): Promise<string | undefined> {
  const { body } = await cluster.node(seenBy).get(`/v1/where?entity=ledger/${id}`);
  return (body as { readonly owner?: { readonly node: string } }).owner?.node;
}

/** The one that watches the nodes, as a node sees it. */
async function watchSeenBy(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { body } = await cluster.node(name).get("/v1/singletons");
  const { singletons } = body as { readonly singletons: readonly Readonly<Record<string, unknown>>[] };
  return singletons.find(({ type }) => type === "node-watch");
}

describe("a service on the Redis of a cluster", { timeout: LIMIT_MS }, () => {
  it("tells, asks and delivers to entities wherever they are, and has none itself", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `first-${index}`);
    for (const id of ids) {
      assert.equal(ledger(id).tell({ kind: "jot", number: 1 }), "accepted");
      await ledger(id).deliver({ kind: "jot", number: 2 });
      assert.deepEqual(await ledger(id).ask({ kind: "add", number: 3 }), { kind: "added", count: 3 });
    }
    assert.deepEqual(await numbersOf("first-0"), [1, 2, 3]);
    const owners = async () => {
      const all = new Set(await Promise.all(ids.map((id) => ownerOf(id))));
      return [...all].toSorted((one, other) => (one! < other! ? -1 : 1));
    };
    await eventually(owners, ["a", "b"]);
  });

  it("is seen by operators for what it is", async () => {
    const seen = (await cluster.seenBy("b")).find(({ node }) => node === "billing");
    assert.deepEqual(seen?.roles, ["client"]);
    const silence = async () => (await cluster.seenBy("b")).find(({ node }) => node === "billing")?.silence;
    await eventually(silence, undefined);
  });

  it("is told at its own door what is no message, and of a deadline that has passed that it may be done", async () => {
    assert.throws(
      () => ledger("x").tell({ kind: "jot", number: "one" } as never),
      (error) => isFault(error, "messageInvalid") && /\/number/.test(error.message) && isUndone(error),
    );
    await assert.rejects(ledger("x").ask({ kind: "hang" }, { deadlineMs: 50 }), (error) => {
      return isFault(error, "askTimeout") && !isUndone(error);
    });
  });

  it("asks once under a name, with one answer", async () => {
    const add = (number: number) => ledger("named").ask({ kind: "add", number }, { key: "invoice-7" });
    assert.deepEqual(
      [await add(5), await add(5)],
      [
        { kind: "added", count: 1 },
        { kind: "added", count: 1 },
      ],
    );
    await assert.rejects(add(6), /requestDiffers/);
    assert.deepEqual(await numbersOf("named"), [5]);
  });

  it("is heard over HTTP at any node, once under one key at both", async () => {
    const path = "/v1/messages/ledger/web";
    const body = JSON.stringify({ kind: "add", number: 1 });
    const post = async (name: string) => {
      const { listeners, dataDir } = cluster.node(name);
      const secret = readFileSync(join(dataDir, "push-key"), "utf8").trim();
      const parts = { method: "POST", path, body, timestampMs: Date.now(), nonce: `${name}-nonce` };
      const headers = { ...sign({ id: "local", secret }, parts), "idempotency-key": "one" };
      const answer = await fetch((listeners["web"] ?? "") + path, { method: "POST", headers, body });
      return [answer.status, await answer.json()] as const;
    };
    assert.deepEqual(await post("a"), [200, { kind: "added", count: 1 }]);
    assert.deepEqual(await post("b"), [200, { kind: "added", count: 1 }]);
    assert.deepEqual(await numbersOf("web"), [1]);
  });

  it("stands beside actors that are there once, and is told nothing of where", async () => {
    const gateways = async () => {
      const { body } = await cluster.node("a").get("/v1/registry?key=gateways");
      return (body as { keys: [{ members: string[] }] }).keys[0].members.length;
    };
    await eventually(gateways, 2, "the gateways of both nodes");
    // It may still be on its way to the node that came last.
    const isSeenAlike = async () => {
      const [one, other] = await Promise.all(["a", "b"].map(watchSeenBy));
      return one?.["standing"] === "running" && isDeepStrictEqual(one, other);
    };
    await eventually(isSeenAlike, true, "the watch of the nodes");
  });

  it("delivers everything once and in order, through a restart of Redis and the death of a node", async () => {
    const ids = ["last-0", "last-1", "last-2", "last-3"];
    const delivered: Promise<void>[] = [];
    let number = 0;
    const some = (count: number): void => {
      for (const last = number + count; number < last; number++) {
        for (const id of ids) delivered.push(ledger(id).deliver({ kind: "jot", number }));
      }
    };
    some(100);
    await cluster.redis.kill("SIGKILL");
    some(100);
    await cluster.redis.start();
    some(100);
    const isOwned = async () => (await ownerOf("last-0")) !== undefined;
    await eventually(isOwned, true, undefined, SETTLED_WITHIN_MS);
    const victim = (await ownerOf("last-0")) ?? "";
    process.kill(cluster.pidOf(victim), "SIGKILL");
    some(100);
    await Promise.all(delivered);
    const survivor = victim === "a" ? "b" : "a";
    for (const id of ids) {
      assert.deepEqual(
        await numbersOf(id),
        Array.from({ length: 400 }, (_, index) => index),
        id,
      );
      await eventually(() => ownerOf(id, survivor), survivor, id, SETTLED_WITHIN_MS);
    }
    assert.equal(service.undelivered, 0);
    await cluster.untilLogged(survivor, "cluster.nodeLost");
    const running = async () => (await watchSeenBy(survivor))?.["node"];
    await eventually(running, survivor, undefined, SETTLED_WITHIN_MS);
    const lost = eventsIn(cluster.node(survivor).process.stdout, "cluster.nodeLost");
    assert.deepEqual(
      lost.map(({ node }) => node),
      [victim],
    );
  });

  it("leaves in order, says what it could not deliver, and takes nothing more", async () => {
    const living = ["a", "b"].filter((name) => cluster.node(name).process.child.signalCode === null);
    const survivor = living[0] ?? "";
    process.kill(cluster.pidOf(survivor), "SIGSTOP");
    const pending = ledger("never").deliver({ kind: "jot", number: 1 });
    const lost = assert.rejects(pending, (error) => isFault(error, "deliveryUnknown"));
    await service.close(100);
    await lost;
    assert.equal(ledger("never").tell({ kind: "jot", number: 1 }), "busy");
    await assert.rejects(ledger("never").deliver({ kind: "jot", number: 1 }), /deliveryUnknown/);
    process.kill(cluster.pidOf(survivor), "SIGCONT");
    const isGone = async () => (await cluster.statesSeenBy(survivor)).includes("billing dead left");
    // It was away for longer than its lease, and comes back as somebody new.
    await eventually(() => isGone().catch(() => false), true, undefined, SETTLED_WITHIN_MS);
  });
});
