import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { assertDocumented } from "../support/open-api.ts";
import type { OpenApi } from "../support/open-api.ts";

type Tree = {
  name: string;
  path: string;
  type: string;
  state: string;
  childCount: number;
  children?: Tree[];
};

let place: Workplace;
let node: NodeProcess;
before(async () => {
  place = workplace();
  node = await startNode(place.folder);
});
after(async () => {
  await node.stop();
  place.remove();
});

const documentOf = async () => (await (await fetch(`${node.ops}/v1/openapi.json`)).json()) as OpenApi;

/** A path of the document with a real value in place of its parameter. */
const concrete = (path: string) => path.replace(/\{[^}]+\}|\*/, "gateway");

/** What an operation that takes a body is called with. */
const BODIES: Record<string, unknown> = {
  "/v1/notices": { from: "operator", data: { text: "hello" } },
  "/v1/quarantine": { id: 1, act: "drop" },
  "/v1/alarms/act": { key: "none", act: "close" },
  "/v1/alerts/act": { rule: "none", act: "hear" },
  "/v1/actors/act": { act: "suspend", path: "/census" },
  "/v1/node/act": { act: "dance" },
  "/v1/node/heap-snapshot": {},
  "/v1/node/journal-copy": {},
  "/v1/nodes/act": { act: "drain", node: "oak" },
  "/v1/stats/partitions/act": { act: "forget", partition: "none/1" },
  "/v1/trace": { path: "/rooms" },
};

/** What stands behind the `?` where something must. */
const QUERIES: Record<string, string> = {
  "get /v1/stats": "?metric=requests",
  "get /v1/alerts/bands": "?metric=requests&from=0&to=180000",
  "get /v1/alerts/history": "?rule=none",
  "get /v1/why": "?path=/rooms",
  "get /v1/where": "?entity=account/ana",
  "delete /v1/trace": "?id=1",
};

/** What is answered where nothing has stalled, nothing is wrong, there is no other node, and no node can dance. */
const REFUSED: Record<string, number> = {
  "post /v1/quarantine": 404,
  "post /v1/alarms/act": 404,
  "post /v1/alerts/act": 404,
  "get /v1/alerts/history": 404,
  "post /v1/node/act": 400,
  "post /v1/nodes/act": 409,
  "post /v1/stats/partitions/act": 404,
  // It asks for nothing, so that nothing is opened that would have to be closed.
  "get /v1/stats/stream": 400,
  // There is no such file.
  "get /assets/{*}": 404,
};

async function call(method: string, path: string): Promise<{ status: number; body: unknown }> {
  const target = path + (QUERIES[`${method} ${path}`] ?? "");
  if (method === "get") return node.get(target);
  const headers = { authorization: `Bearer ${node.token}`, "content-type": "application/json" };
  const body = method === "post" ? { body: JSON.stringify(BODIES[path]) } : {};
  const response = await fetch(node.ops + target, { method: method.toUpperCase(), headers, ...body });
  return { status: response.status, body: await response.json() };
}

describe("the operators' port", () => {
  it("documents every operation, and answers as documented", async () => {
    const { openapi, paths } = await documentOf();
    assert.match(openapi, /^3\./);
    assert.deepEqual(Object.keys(paths).toSorted(), [
      "/assets/{*}",
      "/healthz",
      "/metrics",
      "/readyz",
      "/traffic",
      "/tree",
      "/v1/actors/act",
      "/v1/actors/{*}",
      "/v1/alarms",
      "/v1/alarms/act",
      "/v1/alerts",
      "/v1/alerts/act",
      "/v1/alerts/bands",
      "/v1/alerts/deployed",
      "/v1/alerts/history",
      "/v1/audit",
      "/v1/beats",
      "/v1/connections",
      "/v1/dead-letters",
      "/v1/logs",
      "/v1/memory",
      "/v1/node",
      "/v1/node/act",
      "/v1/node/heap-snapshot",
      "/v1/node/journal-copy",
      "/v1/nodes",
      "/v1/nodes/act",
      "/v1/notices",
      "/v1/processes",
      "/v1/quarantine",
      "/v1/registry",
      "/v1/singletons",
      "/v1/stalls",
      "/v1/stats",
      "/v1/stats/partitions",
      "/v1/stats/partitions/act",
      "/v1/stats/stream",
      "/v1/top",
      "/v1/trace",
      "/v1/tree",
      "/v1/where",
      "/v1/why",
    ]);
    for (const [path, operations] of Object.entries(paths)) {
      // What a POST begins a DELETE ends.
      for (const method of Object.keys(operations).toSorted().toReversed()) {
        const { status, body } = await call(method, concrete(path));
        const refused = REFUSED[`${method} ${path}`];
        const expected = refused === undefined ? [200, 202] : [refused];
        assert.ok(expected.includes(status), `${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
        assertDocumented(operations[method], status, body);
      }
    }
  });

  it("refuses bad parameters as documented, each by its name", async () => {
    const { paths } = await documentOf();
    for (const [target, path] of [
      ["/v1/tree?depth=deep", "/v1/tree"],
      ["/v1/tree?filter=restarts", "/v1/tree"],
      ["/v1/connections?limit=0", "/v1/connections"],
      ["/v1/dead-letters?limt=1", "/v1/dead-letters"],
      ["/v1/top?sort=size", "/v1/top"],
      ["/v1/top?limit=many", "/v1/top"],
      ["/v1/beats?limit=0", "/v1/beats"],
      ["/v1/audit?limit=-1", "/v1/audit"],
      ["/v1/trace?id=first", "/v1/trace"],
      ["/v1/why?pth=/", "/v1/why"],
      ["/v1/where?entity=ana", "/v1/where"],
      ["/v1/registry?name=gateways", "/v1/registry"],
    ] as const) {
      const { status, body } = await node.get(target);
      assert.equal(status, 400, target);
      assertDocumented(paths[path]?.["get"], status, body);
      const { field } = body as { field: string };
      assert.ok(target.includes(`?${field}=`), `${target} names ${field}`);
    }
    const nowhere = await node.get("/v1/tree?path=/nobody");
    assert.equal(nowhere.status, 404);
    assertDocumented(paths["/v1/tree"]?.["get"], 404, nowhere.body);
  });

  it("wants the token everywhere but on the probes and for a page without its data", async () => {
    for (const [path, operations] of Object.entries((await documentOf()).paths)) {
      const isOpen = ["/healthz", "/readyz", "/traffic", "/tree", "/assets/{*}"].includes(path);
      for (const headers of [
        {},
        { authorization: "Bearer wrong" },
        { authorization: `Basic ${node.token}` },
      ]) {
        const [method = "get"] = Object.keys(operations);
        const response = await fetch(node.ops + concrete(path), { method, headers: { ...headers } });
        assert.equal(response.status, isOpen ? (REFUSED[`get ${path}`] ?? 200) : 401, path);
        if (!isOpen) assert.equal(response.headers.get("www-authenticate"), "Bearer");
        await response.arrayBuffer();
      }
    }
  });

  it("says what there is where nothing is", async () => {
    const { status, body } = await node.get("/v1/trees");
    assert.equal(status, 404);
    assert.match((body as { text: string }).text, /nothing is at \/v1\/trees; known: .*\/v1\/tree/);
    const posted = await fetch(`${node.ops}/v1/tree`, { method: "POST" });
    assert.equal(posted.status, 405);
    assert.equal(posted.headers.get("allow"), "GET");
  });

  it("shows the connections of both doors in the tree, and those of one listener", async () => {
    const { host } = new URL(node.listeners["web"] ?? "");
    const sockets = [new WebSocket(`ws://${host}/chatroom`), new WebSocket(`ws://${host}/chatroom`)];
    await Promise.all(sockets.map((socket) => once(socket, "open")));
    const { body } = await node.get("/v1/tree");
    const listener = find(body as Tree, "/gateway/web");
    assert.equal(listener?.childCount, 2);
    assert.deepEqual(
      listener?.children?.map(({ type, state }) => `${type} ${state}`),
      ["connection running", "connection running"],
    );
    const web = (await node.get("/v1/connections?listener=web")).body as {
      total: number;
      connections: { details: object }[];
    };
    assert.equal(web.total, 2);
    assert.ok(web.connections.every(({ details }) => details !== undefined));
    const line = (await node.get("/v1/connections?listener=line")).body as { total: number };
    assert.equal(line.total, 0);
    for (const socket of sockets) socket.close();
  });

  it("counts actors, events and the process for Prometheus", async () => {
    const socket = new WebSocket(`${(node.listeners["web"] ?? "").replace("http", "ws")}/chatroom`);
    await once(socket, "open");
    socket.send('{"kind":"hello","version":1}');
    await once(socket, "message");
    const { body } = await node.get("/metrics");
    socket.close();
    for (const line of [
      /^banyan_actors\{type="root"\} 1$/m,
      /^banyan_events_total\{event="node\.started"\} 1$/m,
      /^banyan_connections [1-3]$/m,
      /^banyan_frames_total\{direction="in"\} 1$/m,
      /^banyan_http_answers_total\{listener="ops",route="\/v1\/tree",method="GET",status="200"\} \d+$/m,
      /^nodejs_eventloop_lag_p99_seconds /m,
    ]) {
      assert.match(String(body), line);
    }
  });
});

function find(tree: Tree, path: string): Tree | undefined {
  if (tree.path === path) return tree;
  for (const child of tree.children ?? []) {
    const found = find(child, path);
    if (found !== undefined) return found;
  }
  return undefined;
}
