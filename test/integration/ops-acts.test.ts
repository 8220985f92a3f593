import assert from "node:assert/strict";
import { once } from "node:events";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { eventually } from "../support/eventually.ts";
import { eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { assertDocumented } from "../support/open-api.ts";
import type { OpenApi } from "../support/open-api.ts";

interface Answer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly field?: string; readonly text?: string };
}

let place: Workplace;
let node: NodeProcess;

async function post(path: string, body: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${node.token}`, "content-type": "application/json" };
  const response = await fetch(node.ops + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

interface Entry {
  readonly act: string;
  readonly target: string;
  readonly outcome: string;
  readonly who: { readonly address: string };
}

const audit = async (): Promise<Entry[]> => ((await node.get("/v1/audit")).body as { acts: Entry[] }).acts;
const auditFile = () => join(node.dataDir, "audit.jsonl");

const stateOf = async (path: string): Promise<string> =>
  ((await node.get(`/v1/actors${path}`)).body as { state: string }).state;

const openSocket = () => new WebSocket(`${(node.listeners["web"] ?? "").replace("http", "ws")}/chatroom`);

describe("what operators do", () => {
  before(async () => {
    place = workplace();
    node = await startNode(place.folder, ["--set", "watchdog.blockedAfterMs=200"]);
  });
  after(async () => {
    await node.stop();
    place.remove();
  });

  it("is done, and stands in the audit before it is answered", async () => {
    assert.equal((await post("/v1/actors/act", { act: "suspend", path: "/rooms" })).status, 200);
    const lines = readFileSync(auditFile(), "utf8").trim().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as Entry).outcome),
      ["begun", "done"],
    );
    assert.equal(await stateOf("/rooms"), "suspended");
    assert.equal((await post("/v1/actors/act", { act: "resume", path: "/rooms" })).status, 200);
    assert.equal(await stateOf("/rooms"), "running");
    const [latest] = await audit();
    assert.deepEqual([latest?.act, latest?.target, latest?.who.address], ["resume", "/rooms", "127.0.0.1"]);
  });

  it("stands in the audit whichever feature carries it out, and without any secret", async () => {
    await post("/v1/notices", { from: "operator", data: { text: "hello" } });
    await post("/v1/quarantine", { id: 1, act: "drop" });
    const [quarantine, notice] = await audit();
    assert.deepEqual([notice?.act, notice?.outcome], ["POST /v1/notices", "done"]);
    assert.deepEqual([quarantine?.act, quarantine?.outcome], ["drop", "refused"]);
    assert.equal((statSync(auditFile()).mode & 0o777).toString(8), "600");
    assert.ok(!readFileSync(auditFile(), "utf8").includes(node.token));
  });

  it("is refused in words, with the field, as documented", async () => {
    const { paths } = (await (await fetch(`${node.ops}/v1/openapi.json`)).json()) as OpenApi;
    for (const [path, body, status, field, words] of [
      ["/v1/actors/act", { act: "stop", path: "/" }, 409, "/path", /the root/],
      ["/v1/actors/act", { act: "stop", path: "/nobody" }, 404, "/path", /no actor is at \/nobody/],
      ["/v1/actors/act", { act: "stop", type: "nobody" }, 404, "/type", /no actor has the type nobody/],
      ["/v1/actors/act", { act: "stop" }, 400, "/path", /either a path or a type/],
      ["/v1/actors/act", { act: "explode", path: "/rooms" }, 400, "/act", /must be one of suspend/],
      ["/v1/actors/act", { act: "stop", path: "/rooms", force: true }, 400, "/force", /not allowed here/],
      ["/v1/actors/act", { act: "stop", path: "" }, 400, "/path", /at least 1 character/],
      ["/v1/actors/act", [], 400, "", /must be an object/],
      ["/v1/node/act", { act: "suspend" }, 400, "/act", /must be one of drain, reload, restart, stop/],
      ["/v1/trace", { path: "/rooms", everyNth: 0 }, 400, "/everyNth", /at least 1/],
      ["/v1/trace", { path: "/rooms", forMs: 1e12 }, 400, "/forMs", /at most 600000/],
      ["/v1/trace", { path: "/nobody" }, 404, "/path", /no actor is at \/nobody/],
    ] as const) {
      const answer = await post(path, body);
      assert.deepEqual([answer.status, answer.body.field ?? ""], [status, field], JSON.stringify(body));
      assert.match(answer.body.text ?? "", words);
      assertDocumented(paths[path]?.["post"], answer.status, answer.body);
    }
    assert.equal(await stateOf("/rooms"), "running");
  });

  it("does not end what the node serves with and would not start again", async () => {
    const { children } = (await node.get("/v1/actors/")).body as { children: { path: string }[] };
    assert.ok(children.length >= 4, JSON.stringify(children));
    for (const path of [...children.map((child) => child.path), "/gateway/web"]) {
      for (const act of ["stop", "drain"]) {
        const { status, body } = await post("/v1/actors/act", { act, path });
        assert.deepEqual([path, status, body.code], [path, 409, "actRefused"]);
        assert.match(body.text ?? "", /would not come back until a reload or restart/);
      }
    }
    assert.ok(eventsIn(node.process.stdout, "operator.acted").length > 0);
  });

  it("is not done when it cannot be written down", async () => {
    renameSync(auditFile(), `${auditFile()}.kept`);
    mkdirSync(auditFile());
    const { status, body } = await post("/v1/actors/act", { act: "suspend", path: "/rooms" });
    assert.deepEqual([status, body.code], [503, "notAudited"]);
    assert.equal(await stateOf("/rooms"), "running");
    assert.ok(eventsIn(node.process.stdout, "audit.failed").length > 0);
    rmdirSync(auditFile());
    renameSync(`${auditFile()}.kept`, auditFile());
    assert.equal((await post("/v1/actors/act", { act: "suspend", path: "/rooms" })).status, 200);
    assert.equal((await post("/v1/actors/act", { act: "resume", path: "/rooms" })).status, 200);
  });

  it("may be a heap snapshot, for which nobody is blamed, and of which three are kept", async () => {
    const folder = join(node.dataDir, "snapshots");
    mkdirSync(folder);
    const earlier = ["2020-01-01", "2020-01-02", "2020-01-03"].map((day) => `${day}.heapsnapshot`);
    for (const name of earlier) writeFileSync(join(folder, name), "{}");
    const { status, body: taken } = await post("/v1/node/heap-snapshot", {});
    assert.equal(status, 200, JSON.stringify(taken));
    const names = readdirSync(folder).toSorted();
    assert.deepEqual(names.slice(0, 2), earlier.slice(1));
    assert.equal(names.length, 3);
    const path = join(folder, names[2] ?? "");
    assert.equal((statSync(path).mode & 0o777).toString(8), "600");
    const { nodes } = JSON.parse(readFileSync(path, "utf8")) as { nodes: unknown[] };
    assert.ok(nodes.length > 0);
    // A busy machine holds the loop up as well, but then it is not in the midst of this.
    const blocks = eventsIn(node.process.stdout, "loop.blocked").map((event) => JSON.stringify(event));
    assert.deepEqual(
      blocks.filter((block) => block.includes("HeapSnapshot")),
      [],
    );
  });

  it("may be a trace, which shows the turns of one actor while it runs", async () => {
    const started = (await post("/v1/trace", { path: "/rooms", forMs: 60_000 })).body as { id?: number };
    const socket = openSocket();
    await once(socket, "open");
    socket.send('{"kind":"subscribe","id":1,"room":"chat/lobby"}');
    const kinds = async () => {
      const { body } = await node.get(`/v1/trace?id=${started.id}`);
      return (body as { samples: { kind: string; outcome: string }[] }).samples.map(({ outcome }) => outcome);
    };
    await eventually(async () => (await kinds()).includes("handled"), true);
    const paths = ["/v1/actors/rooms/chat/lobby", "/v1/actors/rooms/chat$2flobby"];
    const lookedAt = [...paths, "/v1/tree?path=/rooms/chat/lobby", "/v1/why?path=/rooms/chat/lobby"];
    const statuses = await Promise.all(lookedAt.map(async (path) => (await node.get(path)).status));
    assert.deepEqual(statuses, [200, 200, 200, 200], "a room is found by its path as it reads, too");
    assert.equal((await post("/v1/actors/act", { act: "restart", path: "/rooms/chat/lobby" })).status, 200);
    socket.close();
  });
});

describe("draining the node", () => {
  before(async () => {
    place = workplace();
    node = await startNode(place.folder, ["--workers", "0"]);
  });
  after(async () => {
    await node.stop();
    place.remove();
  });

  it("sends the clients away, takes no new ones, and keeps the operators", async () => {
    const socket = openSocket();
    await once(socket, "open");
    const closed = once(socket, "close") as Promise<[number]>;
    assert.equal((await post("/v1/node/act", { act: "drain" })).status, 202);
    assert.equal((await closed)[0], 4503);
    await eventually(async () => (await node.get("/readyz")).status, 503);
    const [error] = (await once(openSocket(), "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNREFUSED");
    assert.equal((await node.get("/v1/tree")).status, 200);
  });

  it("cannot be followed by a reload, because one process has no host", async () => {
    for (const act of ["reload", "restart"]) {
      const { status, body } = await post("/v1/node/act", { act });
      assert.deepEqual([status, body.code, body.field], [409, "noHost", "/act"]);
      assert.match(body.text ?? "", /one process, no host/);
    }
    assert.equal(((await node.get("/v1/processes")).body as { hasHost: boolean }).hasHost, false);
  });

  it("ends with a stop, in order", async () => {
    assert.equal((await post("/v1/node/act", { act: "stop" })).status, 202);
    assert.equal((await node.process.ended).code, 0);
  });
});
