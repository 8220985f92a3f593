import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accountRoutes } from "../../../../actors/ops/account-routes.ts";
import { bearerGuard } from "../../../../actors/ops/bearer-guard.ts";
import { healthRoutes } from "../../../../actors/ops/health-routes.ts";
import { addSystemMetrics } from "../../../../actors/ops/system-metrics.ts";
import { treeRoutes } from "../../../../actors/ops/tree-routes.ts";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { defineActor } from "../../../../runtime/actor/define-actor.ts";
import type { NodeStatus } from "../../../../runtime/feature.ts";
import { ActorSystem } from "../../../../runtime/kernel/actor-system.ts";
import type { TreeNode } from "../../../../runtime/kernel/tree-node.ts";
import type { OperationRequest, Route, RouteContext, RouteResponse } from "../../../../runtime/net/route.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

const Quiet = defineProtocol({ name: "quiet", version: 1, tell: { nudge: {} } });
const Leaf = defineActor({
  protocol: Quiet,
  type: "connection",
  initialState: () => ({}),
  handlers: { nudge: () => undefined },
  describe: () => ({ bytesIn: 7 }),
});
const Branch = defineActor({
  protocol: Quiet,
  type: "listener",
  initialState: (names: readonly string[], context) => names.forEach((name) => context.spawn(Leaf, name)),
  handlers: { nudge: () => undefined },
});
const Gateway = defineActor({
  protocol: Quiet,
  type: "gateway",
  initialState: (_: void, context) => {
    context.spawn(Branch, "web", ["c1", "c2"]);
    context.spawn(Branch, "line", ["c3"]);
  },
  handlers: { nudge: () => undefined },
});

function system(): ActorSystem {
  const made = new ActorSystem({ name: "elm", clock: new VirtualClock(), schedule: () => undefined });
  made.spawn(Gateway, "gateway");
  return made;
}

async function get(routes: readonly Route[], target: string): Promise<RouteResponse> {
  const url = new URL(target, "http://ops");
  const route = routes.find(
    ({ path }) =>
      path === url.pathname || (path.endsWith("/*") && url.pathname.startsWith(path.slice(0, -1))),
  );
  const request = { method: "GET", path: url.pathname, query: url.searchParams, headers: {}, address: "::1" };
  const operation = route?.onRequest?.GET;
  assert.ok(operation !== undefined, `nothing answers ${target}`);
  return operation.handle(request as unknown as OperationRequest<never>, {} as RouteContext);
}

const namesOf = (node: TreeNode): unknown => ({
  [node.name]: node.children?.map(namesOf) ?? node.childCount,
});

describe("the tree route", () => {
  it("shows three levels unless told", async () => {
    const { status, body } = await get(treeRoutes({ system: system(), actorsMax: 100 }), "/v1/tree");
    assert.equal(status, 200);
    assert.deepEqual(namesOf(body as TreeNode), {
      elm: [{ gateway: [{ web: [{ c1: 0 }, { c2: 0 }] }, { line: [{ c3: 0 }] }] }],
    });
  });

  it("begins at a path and ends at a depth", async () => {
    const { body } = await get(
      treeRoutes({ system: system(), actorsMax: 100 }),
      "/v1/tree?path=/gateway&depth=1",
    );
    assert.deepEqual(namesOf(body as TreeNode), { gateway: [{ web: 2 }, { line: 1 }] });
  });

  it("keeps what fits the filter and the way to it, at any depth", async () => {
    const { body } = await get(treeRoutes({ system: system(), actorsMax: 100 }), "/v1/tree?filter=name=c3");
    assert.deepEqual(namesOf(body as TreeNode), { elm: [{ gateway: [{ line: [{ c3: [] }] }] }] });
  });

  it("shows the root alone when nothing fits", async () => {
    const { status, body } = await get(
      treeRoutes({ system: system(), actorsMax: 100 }),
      "/v1/tree?filter=restarts>0",
    );
    assert.deepEqual([status, namesOf(body as TreeNode)], [200, { elm: [] }]);
  });

  it("refuses a bad parameter by name", async () => {
    const refusal = async (query: string) =>
      (await get(treeRoutes({ system: system(), actorsMax: 100 }), `/v1/tree?${query}`)) as {
        status: number;
        body: { field: string; text: string };
      };
    for (const [query, field, text] of [
      ["depth=x", "depth", /depth is "x"; a whole number from 0 to 32/],
      ["depth=33", "depth", /from 0 to 32/],
      ["depth=1&depth=2", "depth", /more than once/],
      ["dept=1", "dept", /not known here; known: node, path, depth, filter/],
      ["filter=colour=red", "filter", /"colour" is no field/],
    ] as const) {
      const { status, body } = await refusal(query);
      assert.deepEqual([status, body.field], [400, field]);
      assert.match(body.text, text);
    }
  });

  it("knows no other node where this one stands alone", async () => {
    const source = { system: system(), actorsMax: 100 };
    assert.equal((await get(treeRoutes(source), "/v1/tree?node=elm")).status, 200);
    assert.equal((await get(treeRoutes(source), "/v1/tree?node=oak")).status, 409);
  });

  it("says what there is where a path leads nowhere", async () => {
    const { status, body } = await get(
      treeRoutes({ system: system(), actorsMax: 100 }),
      "/v1/tree?path=/gateway/wen/c1",
    );
    assert.equal(status, 404);
    assert.match(
      (body as { text: string }).text,
      /no actor is at \/gateway\/wen\/c1; below \/gateway there are web, line/,
    );
  });
});

describe("the actor route", () => {
  it("shows one actor with its details", async () => {
    const { status, body } = await get(
      treeRoutes({ system: system(), actorsMax: 100 }),
      "/v1/actors/gateway/web/c1",
    );
    assert.equal(status, 200);
    assert.deepEqual((body as TreeNode).details, { bytesIn: 7 });
    assert.equal(
      (await get(treeRoutes({ system: system(), actorsMax: 100 }), "/v1/actors/nobody")).status,
      404,
    );
  });
});

describe("the connections route", () => {
  it("lists those of all listeners, or of one", async () => {
    const routes = accountRoutes(system());
    const all = (await get(routes, "/v1/connections")).body as {
      total: number;
      connections: { id: string; listener: string }[];
    };
    assert.deepEqual(
      all.connections.map(({ listener, id }) => `${listener}/${id}`),
      ["web/c1", "web/c2", "line/c3"],
    );
    const one = (await get(routes, "/v1/connections?listener=line")).body as typeof all;
    assert.deepEqual([one.total, one.connections[0]?.id], [1, "c3"]);
    const few = (await get(routes, "/v1/connections?limit=1")).body as typeof all;
    assert.deepEqual([few.total, few.connections.length], [3, 1]);
  });

  it("says which listeners there are", async () => {
    const { status, body } = await get(accountRoutes(system()), "/v1/connections?listener=wbe");
    assert.equal(status, 404);
    assert.match((body as { text: string }).text, /no listener is called wbe; there are web, line/);
  });
});

describe("the dead letters route", () => {
  it("counts by reason and shows the newest first", async () => {
    const source = system();
    source.deadLetters.add("actorGone", "/a#1", "nudge");
    source.deadLetters.add("actorGone", "/b#2", "nudge");
    const { body } = await get(accountRoutes(source), "/v1/dead-letters?limit=1");
    assert.deepEqual(body, {
      total: 2,
      counts: { actorGone: 2 },
      recent: [{ atMs: 0, to: "/b#2", kind: "nudge", reason: "actorGone" }],
    });
    assert.equal((await get(accountRoutes(source), "/v1/dead-letters?limit=0")).status, 400);
  });
});

describe("the health routes", () => {
  const routes = (status: NodeStatus) =>
    healthRoutes(
      { node: "elm", status: () => status, troubles: () => ["the journal is full"], uptimeMs: () => 12.4 },
      new Metrics(),
    );

  it("answer 503 for readiness, and 200 for life, while the node drains", async () => {
    assert.equal((await get(routes("draining"), "/readyz")).status, 503);
    assert.equal((await get(routes("starting"), "/readyz")).status, 503);
    assert.equal((await get(routes("ready"), "/readyz")).status, 200);
    assert.deepEqual(await get(routes("draining"), "/healthz"), {
      status: 200,
      body: { status: "draining", node: "elm", uptimeMs: 12, troubles: ["the journal is full"] },
    });
  });

  it("show the numbers of the actor system", async () => {
    const metrics = new Metrics();
    const source = system();
    addSystemMetrics(metrics, source);
    source.deadLetters.add("actorGone", "/a#1", "nudge");
    const { body } = await get(
      healthRoutes({ node: "elm", status: () => "ready", troubles: () => [], uptimeMs: () => 0 }, metrics),
      "/metrics",
    );
    assert.match(String(body), /^banyan_actors\{type="connection"\} 3$/m);
    assert.match(String(body), /^banyan_dead_letters_total\{reason="actorGone"\} 1$/m);
    assert.match(String(body), /^banyan_mailbox_messages\{type="listener"\} 0$/m);
  });
});

describe("the operators' guard", () => {
  const events: string[] = [];
  const context = { log: { warn: (event: string) => events.push(event) } } as unknown as RouteContext;
  const verdict = (authorization?: string) =>
    bearerGuard("the-token")({ headers: { authorization } } as unknown as OperationRequest, context) as {
      kind: string;
    };

  it("admits the token, and only the token", () => {
    assert.equal(verdict("Bearer the-token").kind, "admitted");
    assert.equal(verdict("bearer the-token").kind, "admitted");
    for (const wrong of [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      "Bearer the-toke",
      "Bearer the-token2",
      "Basic the-token",
    ]) {
      assert.equal(verdict(wrong).kind, "refused", wrong ?? "no header");
    }
  });

  it("logs a wrong token, and not a missing one", () => {
    events.length = 0;
    verdict();
    assert.deepEqual(events, []);
    verdict("Bearer wrong");
    assert.deepEqual(events, ["ops.unauthorized"]);
  });
});
