import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { partitionActRoutes } from "../../../../actors/monitoring/partition-acts.ts";
import type { RouteContext, RouteResponse } from "../../../../runtime/net/route.ts";
import { overall } from "../../../../runtime/counting/watermark.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { tallyOf } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const ID = "nginx/web-1-a3f2c1";

/** A partition that was read up to a minute ago, and what an operator may do about it. */
async function worldWithPartition() {
  const world = new CountWorld();
  const { virtual } = world;
  virtual.clock.advance(START - virtual.clock.wallMs());
  const timeMs = START;
  await world.submit(ID, { to: "1", tally: tallyOf([], [{ timeMs, status: 200 }], timeMs) });
  const [route] = partitionActRoutes(world.places);
  const context = {
    ask: virtual.ask.bind(virtual),
    tell: virtual.tell.bind(virtual),
    wallMs: () => virtual.clock.wallMs(),
  } as unknown as RouteContext;
  const forget = async (partition: string): Promise<RouteResponse> => {
    const request = { body: { act: "forget", partition } };
    const answer = route?.onRequest?.["POST"]?.handle(request as never, context);
    await virtual.settle();
    return (await answer) as RouteResponse;
  };
  const watermark = async () => {
    const nowMs = virtual.clock.wallMs();
    const { partitions } = await world.all({ metric: "requests", fromMs: nowMs, toMs: nowMs, nowMs });
    return overall(partitions, nowMs);
  };
  return { world, forget, watermark };
}

describe("a partition whose reader died with its node", () => {
  it("is waited for until an operator says that it is gone for good", async () => {
    const { world, forget, watermark } = await worldWithPartition();
    await world.virtual.advance(60_000);
    assert.notEqual(await watermark(), undefined, "it holds the watermark");
    const answer = await forget(ID);
    assert.deepEqual([answer.status, answer.body], [200, { partition: ID, became: "forgotten" }]);
    await world.virtual.advance(60_000);
    assert.equal(await watermark(), undefined, "nobody is waited for");
    assert.equal((await forget(ID)).status, 200, "to say it twice does no harm");
  });

  it("is waited for again when it is read again", async () => {
    const { world, forget, watermark } = await worldWithPartition();
    await world.virtual.advance(60_000);
    await forget(ID);
    await world.say(ID, { state: "lagging" });
    assert.notEqual(await watermark(), undefined);
  });

  it("is not forgotten while it is read", async () => {
    const { world, forget } = await worldWithPartition();
    await world.say(ID, { state: "lagging" });
    const { status, body } = await forget(ID);
    assert.equal(status, 409);
    assert.match(JSON.stringify(body), /partitionRead.*is lagging: its reader speaks of it/);
    assert.equal((await world.account(ID)).state, "lagging");
  });

  it("is not forgotten while its reader lives and gets nothing from the log: it says so again and again", async () => {
    const { world, forget } = await worldWithPartition();
    await world.say(ID, { state: "stalled" });
    const { status, body } = await forget(ID);
    assert.equal(status, 409);
    assert.match(JSON.stringify(body), /is stalled: its reader speaks of it/);
    await world.virtual.advance(60_000);
    assert.equal((await world.account(ID)).state, "stalled");
    assert.equal((await forget(ID)).status, 200, "now it is silent");
  });

  it("has no reader where services tell it, and the refusal does not speak of one", async () => {
    const { world, forget } = await worldWithPartition();
    const told = { metric: "orders", dims: { channel: "web" }, eventId: "1" };
    assert.equal((await world.count("services/shop", told)).kind, "taken");
    await world.virtual.advance(1_000);
    const { status, body } = await forget("services/shop");
    assert.equal(status, 409);
    assert.match(JSON.stringify(body), /services tell it, and it ends by itself a day after/);
  });

  it("has to be named as it is called: the nearest names are told", async () => {
    const { world, forget } = await worldWithPartition();
    await world.submit("shop/0", { to: "1", tally: tallyOf([], [], world.virtual.clock.wallMs()) });
    for (const typed of ["nginx/web-1", "web-1-a3f2c1"]) {
      const { status, body } = await forget(typed);
      assert.equal(status, 404);
      assert.match(
        JSON.stringify(body),
        /no partition is called .*the nearest: nginx\/web-1-a3f2c1, shop\/0/,
      );
    }
  });
});
