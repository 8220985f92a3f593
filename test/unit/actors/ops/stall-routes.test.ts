import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stallRoutes } from "../../../../actors/ops/stall-routes.ts";
import { addSystemMetrics } from "../../../../actors/ops/system-metrics.ts";
import type { OperationRequest, RouteContext, RouteResponse } from "../../../../runtime/net/route.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";
import { work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** A system in which an actor has stalled three times on one message. */
async function stalledSystem(): Promise<VirtualSystem> {
  const virtual = new VirtualSystem();
  const actor = virtual.spawn("puller", { progressWithinMs: 1_000 });
  virtual.tell(
    actor,
    work((context) => {
      context.beat("page 7");
      return new Promise<void>(() => {});
    }),
  );
  await virtual.advance(10_000);
  return virtual;
}

async function call(
  virtual: VirtualSystem,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<RouteResponse> {
  const url = new URL(path, "http://ops");
  const route = stallRoutes(virtual.system).find((candidate) => candidate.path === url.pathname);
  const request = { method, path: url.pathname, query: url.searchParams, headers: {}, address: "::1", body };
  const operation = route?.onRequest?.[method];
  assert.ok(operation !== undefined, `nothing answers ${method} ${path}`);
  return operation.handle(request as unknown as OperationRequest<never>, {} as RouteContext);
}

describe("mail that ages", () => {
  it("is shown to Prometheus by the type of its actor", async () => {
    const virtual = new VirtualSystem();
    const slow = virtual.spawn("slow", { type: "room", progressWithinMs: Number.POSITIVE_INFINITY });
    const metrics = new Metrics();
    addSystemMetrics(metrics, virtual.system);
    virtual.tell(
      slow,
      work(() => new Promise<void>(() => {})),
    );
    virtual.tell(
      slow,
      work(() => {}),
    );
    await virtual.settle();
    assert.doesNotMatch(await metrics.text(), /^banyan_mailbox_aging\{/m);
    for (let second = 0; second < 30; second++) {
      await virtual.advance(1_000);
      virtual.tell(
        slow,
        work(() => {}),
      );
    }
    assert.match(await metrics.text(), /^banyan_mailbox_aging\{type="room"\} 1$/m);
  });
});

describe("what operators see of stalls", () => {
  it("names who fell silent, on what, and its last word, newest first", async () => {
    const { status, body } = await call(await stalledSystem(), "GET", "/v1/stalls?limit=1");
    assert.equal(status, 200);
    const { total, recent, zombies } = body as {
      total: number;
      recent: object[];
      zombies: { count: number }[];
    };
    assert.equal(total, 3);
    assert.equal(recent.length, 1);
    const { atMs, ...latest } = recent[0] as { atMs: number };
    assert.ok(atMs > 0);
    assert.deepEqual(latest, {
      path: "/puller",
      type: "script",
      silence: "turn",
      deadlineMs: 1_000,
      kind: "work",
      note: "page 7",
      strikes: 3,
    });
    assert.equal(zombies[0]?.count, 3, "three turns were given up and none has ended");
  });

  it("shows the quarantine without the content of its messages", async () => {
    const { body } = await call(await stalledSystem(), "GET", "/v1/quarantine");
    const { total, messages } = body as { total: number; messages: Record<string, unknown>[] };
    assert.equal(total, 1);
    assert.equal(messages[0]?.["handler"], "script.work");
    assert.ok(!("message" in (messages[0] ?? {})));
  });

  it("counts stalls, quarantined messages and zombies for Prometheus", async () => {
    const metrics = new Metrics();
    addSystemMetrics(metrics, (await stalledSystem()).system);
    const text = await metrics.text();
    assert.match(text, /^banyan_stalls_total 3$/m);
    assert.match(text, /^banyan_strikes_total 3$/m);
    assert.match(text, /^banyan_quarantined_messages 1$/m);
    assert.match(text, /^banyan_zombie_turns\{type="script"\} 3$/m);
  });

  it("replays or drops a message once, and says so when it is gone", async () => {
    const virtual = await stalledSystem();
    const replayed = await call(virtual, "POST", "/v1/quarantine", { id: 1, act: "replay" });
    assert.deepEqual(replayed, { status: 200, body: { id: 1, became: "replayed" } });
    const again = await call(virtual, "POST", "/v1/quarantine", { id: 1, act: "drop" });
    assert.equal(again.status, 404);
  });

  it("keeps a message whose actor is gone", async () => {
    const virtual = await stalledSystem();
    virtual.tell(
      virtual.at("/puller"),
      work((context) => context.stopSelf()),
    );
    await virtual.advance(10_000);
    const { status } = await call(virtual, "POST", "/v1/quarantine", { id: 1, act: "replay" });
    assert.equal(status, 409);
    assert.equal(virtual.system.quarantine.entries().length, 1);
  });
});
