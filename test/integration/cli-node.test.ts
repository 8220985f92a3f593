import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { Banyan, banyan, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";

let place: Workplace;
let node: NodeProcess;

function openSocket(path = "/chatroom"): WebSocket {
  const { host } = new URL(node.listeners["web"] ?? "");
  return new WebSocket(`ws://${host}${path}`);
}

const portOf = (listener: string) => Number(new URL(node.listeners[listener] ?? "").port);

/** A WebSocket by hand that does nothing more after its handshake. */
async function openSilentSocket(): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: portOf("web"), allowHalfOpen: true });
  await once(socket, "connect");
  const head = ["GET /chatroom HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade"];
  const key = "AAAAAAAAAAAAAAAAAAAAAA==";
  const lines = [...head, "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${key}`, "", ""];
  socket.write(lines.join("\r\n"));
  await once(socket, "data");
  return socket.pause();
}

describe("a started node", () => {
  before(async () => {
    place = workplace();
    node = await startNode(place.folder);
  });
  after(async () => {
    await node.stop();
    place.remove();
  });

  it("says on standard error where it is, and how to look at it", async () => {
    const stderr = await node.process.until((_, text) => (text.includes("Ctrl-C") ? text : undefined));
    assert.ok(stderr.includes(`pages      ${node.listeners["web"]}/`));
    assert.ok(stderr.includes(`operators  ${node.ops}`));
    // It is no terminal, so whoever reads it may keep it.
    assert.ok(stderr.includes("token      kept in .banyan/ops-token"));
    assert.ok(!stderr.includes(node.token));
    assert.ok(
      stderr.includes(`curl -s -H "Authorization: Bearer $(cat .banyan/ops-token)" ${node.ops}/v1/tree`),
    );
  });

  it("writes one JSON event a line where there is no terminal, and no secret in any", () => {
    const lines = node.process.stdout.trim().split("\n");
    assert.ok(lines.length >= 5);
    for (const line of lines) assert.equal(typeof (JSON.parse(line) as { event: string }).event, "string");
    assert.ok(!node.process.stdout.includes(node.token));
  });

  it("keeps its secrets where only its owner reads them", () => {
    for (const name of ["ops-token", "push-key", "node.json"]) {
      assert.equal((statSync(join(node.dataDir, name)).mode & 0o777).toString(8), "600", name);
    }
    assert.equal((statSync(node.dataDir).mode & 0o777).toString(8), "700");
  });

  it("is drawn by banyan tree, which needs to be told nothing", async () => {
    const socket = openSocket();
    await once(socket, "open");
    const { code, stdout } = await banyan(place.folder, ["tree"]);
    socket.close();
    assert.equal(code, 0);
    assert.match(stdout, /^actor +type +state +mailbox +restarts +handled +up\nbanyan +root +running /);
    assert.match(
      stdout,
      /^└─ gateway +gateway +running .*\n {3}├─ web +listener +running .*\n {3}│ {2}└─ \S+ +connection +running /m,
    );
  });

  it("is drawn in part, filtered, or as it is answered", async () => {
    const part = await banyan(place.folder, ["tree", "/gateway", "--depth", "1"]);
    assert.match(part.stdout, /^gateway .*\n├─ web .*\n├─ length .*\n└─ line /m);
    const json = await banyan(place.folder, ["tree", "--json", "--filter", "type=listener,name=line"]);
    const tree = JSON.parse(json.stdout) as { children: { name: string; children: { name: string }[] }[] };
    assert.deepEqual(
      tree.children.map(({ name, children }) => [name, children.map((child) => child.name)]),
      [["gateway", ["line"]]],
    );
  });

  it("is drawn again and again with --watch", async () => {
    const watch = new Banyan(place.folder, ["tree", "--watch"]);
    await watch.until((stdout) => (stdout.split("every second until Ctrl-C").length > 2 ? true : undefined));
    watch.child.kill("SIGINT");
    assert.equal((await watch.ended).signal, "SIGINT");
  });

  it("refuses a tree that makes no sense in words", async () => {
    const depth = await banyan(place.folder, ["tree", "--depth", "deep"]);
    assert.equal(depth.code, 1);
    assert.match(depth.stderr, /^banyan: depth is "deep"; a whole number from 0 to 32 is expected\n$/);
    const path = await banyan(place.folder, ["tree", "/gatewy"]);
    assert.match(path.stderr, /no actor is at \/gatewy; below \/ there are .*rooms, .*gateway/);
  });

  it("takes a push from the command line and shows it to whoever is in the room", async () => {
    const socket = openSocket();
    await once(socket, "open");
    const frames: { kind: string; from?: string; data?: unknown; facts?: unknown }[] = [];
    socket.on("message", (data: Buffer) => frames.push(JSON.parse(data.toString()) as { kind: string }));
    socket.send(JSON.stringify({ kind: "subscribe", id: 1, room: "live/final" }));
    while (!frames.some(({ kind }) => kind === "subscribed")) await once(socket, "message");
    const words = [
      "push",
      "live/final",
      "1:0!",
      "--fact",
      "home=1",
      "--fact",
      "stadium=Olympic",
      "--from",
      "scorer",
    ];
    const { code, stdout, stderr } = await banyan(place.folder, words);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^live\/final: publication 1 of epoch \S+\n$/);
    while (!frames.some(({ kind }) => kind === "publication")) await once(socket, "message");
    socket.close();
    const { from, data, facts } = frames.find(({ kind }) => kind === "publication") ?? { kind: "" };
    assert.deepEqual(
      { from, data, facts },
      { from: "scorer", data: { text: "1:0!" }, facts: { home: 1, stadium: "Olympic" } },
    );
  });

  it("refuses a push that makes no sense, and the command says why", async () => {
    const room = await banyan(place.folder, ["push", "final", "1:0!"]);
    assert.equal(room.code, 1);
    assert.match(room.stderr, /the push was refused: \/room /);
    const fact = await banyan(place.folder, ["push", "live/final", "1:0!", "--fact", "home"]);
    assert.equal(fact.code, 2);
    assert.match(fact.stderr, /--fact home: write it as name=value/);
  });

  it("owns its ports and its data directory in the eyes of the doctor", async () => {
    const { code, stdout } = await banyan(place.folder, ["doctor"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok {4}ports +in use by the node that is running \(process \d+\)$/m);
  });
});

describe("stopping a node", () => {
  before(() => {
    place = workplace();
  });
  after(() => place.remove());

  it("closes clients with 4503, takes no new ones, and exits 0 within the limit", async () => {
    node = await startNode(place.folder);
    const socket = openSocket();
    await once(socket, "open");
    const closed = once(socket, "close") as Promise<[number, Buffer]>;
    const { code, stdout } = await node.stop();
    assert.equal(code, 0);
    assert.equal((await closed)[0], 4503);
    assert.doesNotMatch(stdout, /"event":"node\.stopTimedOut"/);
    assert.match(stdout, /"signal":"SIGTERM","event":"node\.stopping"/);
    assert.match(
      stdout,
      /"event":"node\.stopped"\}\n.*"text":"stopped in order","event":"worker\.ended"\}\n$/,
    );
    await assert.rejects(
      once(connect({ host: "127.0.0.1", port: Number(new URL(node.ops).port) }), "connect"),
    );
    assert.ok(!existsSync(join(node.dataDir, "node.json")));
  });

  it("leaves secrets that the next start uses again", async () => {
    const token = readFileSync(join(node.dataDir, "ops-token"), "utf8").trim();
    node = await startNode(place.folder);
    assert.equal(node.token, token);
    assert.equal((await node.get("/healthz")).status, 200);
  });

  it("is the same by Ctrl-C", async () => {
    node.process.child.kill("SIGINT");
    assert.equal((await node.process.ended).code, 0);
  });

  it("exits 0 within the limit also when clients neither read nor close", async () => {
    node = await startNode(place.folder);
    const silent = await openSilentSocket();
    const line = connect({ host: "127.0.0.1", port: portOf("line"), allowHalfOpen: true });
    await once(line, "connect");
    line.write('{"kind":"hello","version":1}\n');
    await once(line, "data");
    const { code, stdout } = await node.stop();
    silent.destroy();
    line.destroy();
    assert.equal(code, 0, stdout);
  });

  it("ends at once at the second signal, and says so", async () => {
    node = await startNode(place.folder, ["--set", "stopWithinMs=60000"]);
    // Such a client holds up the drain.
    const silent = await openSilentSocket();
    node.process.child.kill("SIGTERM");
    await node.process.until((stdout) => (stdout.includes("node.stopping") ? true : undefined));
    // Meanwhile operators see a node that lives and wants no more traffic.
    assert.equal((await node.get("/readyz")).status, 503);
    assert.equal((await node.get("/healthz")).status, 200);
    node.process.child.kill("SIGINT");
    const { code, stderr } = await node.process.ended;
    silent.destroy();
    assert.equal(code, 130);
    assert.match(stderr, /SIGINT for the second time, ending at once/);
  });

  it("takes a token from the settings, and then neither makes nor shows one", async () => {
    const other = workplace();
    node = await startNode(other.folder, [], { BANYAN_OPS_TOKEN: "configured-token-1234" });
    assert.equal((await node.get("/v1/tree")).status, 200);
    assert.ok(!existsSync(join(node.dataDir, "ops-token")));
    assert.ok(!node.process.stderr.includes("configured-token"));
    await node.stop();
    other.remove();
  });
});
