import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { WebSocket } from "ws";
import type { HostAnswer } from "../../protocols/host.ts";
import { askHost } from "../../deploy/host/control-client.ts";
import { eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { ProgramCopy } from "../support/program-copy.ts";
import { untilGone, zombiesOf } from "../support/processes.ts";

/** A start takes a few seconds on a busy machine. */
const READY_WITHIN_MS = 60_000;
/** What is never ready must not take for ever. */
const NEVER_READY_WITHIN_MS = 30_000;

let copy: ProgramCopy;
let place: Workplace;
let node: NodeProcess;

const seen = (event: string) => eventsIn(node.process.stdout, event);
const reload = () => askHost(node.dataDir, { kind: "reload" });

function refusal(answer: HostAnswer): string {
  assert.equal(answer.kind, "refused", JSON.stringify(answer));
  return answer.kind === "refused" ? `${answer.code}: ${answer.text}` : "";
}

function start(words: readonly string[] = []): Promise<NodeProcess> {
  return startNode(place.folder, ["--set", `host.readyWithinMs=${READY_WITHIN_MS}`, ...words], {}, copy.cli);
}

/** A client that says what happens to it. */
async function client(): Promise<WebSocket> {
  const socket = new WebSocket(`${node.listeners["web"]?.replace("http", "ws")}/chatroom`);
  await once(socket, "open");
  return socket;
}

function heard(socket: WebSocket, kind: string): Promise<void> {
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { kind: string }).kind === kind) resolve();
    });
  });
}

before(() => {
  copy = new ProgramCopy();
});
after(() => copy.remove());
beforeEach(() => {
  place = workplace();
});
afterEach(async () => {
  await node.stop();
  place.remove();
});

describe("a reload", () => {
  it("runs the code and the settings that lie on the disk now, on the same ports", async () => {
    writeFileSync(join(place.folder, "banyan.yaml"), "log: { level: info }\nlimits: { burst: 201 }\n");
    node = await start();
    const old = node.workerPid();
    const restore = copy.change("deploy/version.js", (text) => text.replace(/return /, 'return "9.9.9" || '));
    const answer = await reload();
    restore();
    assert.equal(answer.kind, "done", JSON.stringify(answer));
    assert.notEqual(node.workerPid(), old);
    await untilGone(old);
    assert.deepEqual(
      seen("worker.serving").map(({ version }) => version === "9.9.9"),
      [false, true],
    );
    assert.equal((await node.get("/readyz")).status, 200);
    assert.deepEqual(zombiesOf(node.process.child.pid ?? 0), []);
  });

  it("comes by signal too", async () => {
    node = await start();
    for (const [index, signal] of (["SIGUSR2", "SIGHUP", "SIGUSR1"] as const).entries()) {
      node.process.child.kill(signal);
      await node.process.until(() => (seen("reload.done").length > index ? true : undefined));
    }
    assert.equal((await node.get("/readyz")).status, 200);
  });

  it("is refused while another one is under way", async () => {
    node = await start();
    const [first, second] = await Promise.all([reload(), reload()]);
    assert.equal(first.kind, "done", JSON.stringify(first));
    assert.match(refusal(second), /^alreadyReloading: /);
    assert.equal(seen("reload.begun").length, 1);
  });
});

describe("a reload of broken code", () => {
  const broken: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
    ["a syntax error", "actors/rooms/room.js", (text) => `${text}\nconst = ;`, /SyntaxError|syntax/],
    [
      "a throw at its start",
      "actors/rooms/feature.js",
      (text) => `${text}\nthrow new Error("no room for rooms");`,
      /no room for rooms/,
    ],
    [
      "a worker that never becomes ready",
      "deploy/worker-life.js",
      (text) => text.replace("async prepare() {", "async prepare() { await new Promise(() => undefined);"),
      /was not prepared within 30000 ms/,
    ],
    ["a file that is missing", "actors/rooms/room.js", () => 'import "./nowhere.js";', /nowhere\.js/],
  ];
  for (const [name, file, breakIt, why] of broken) {
    it(`with ${name} keeps the old worker, its clients, and says why`, async () => {
      node = await start(["--set", `host.readyWithinMs=${NEVER_READY_WITHIN_MS}`]);
      const old = node.workerPid();
      const socket = await client();
      let closed = false;
      socket.once("close", () => (closed = true));
      const restore = copy.change(file, breakIt);
      const text = refusal(await reload());
      restore();
      assert.match(text, /^unfit: /);
      assert.match(text, why);
      assert.match(text, new RegExp(`process ${old} serves on as before`));
      assert.equal(node.workerPid(), old);
      assert.equal(seen("reload.refused").length, 1);
      assert.equal((await node.get("/readyz")).status, 200);
      assert.equal(closed, false);
      socket.close();
      // What is repaired is taken.
      assert.equal((await reload()).kind, "done");
      await untilGone(old);
    });
  }

  it("with refused settings says which, in words", async () => {
    const file = join(place.folder, "banyan.yaml");
    writeFileSync(file, "limits: { burst: 201 }\n");
    node = await start();
    writeFileSync(file, "limits: { burst: many }\n");
    assert.match(refusal(await reload()), /^unfit: .*\n.*banyan\.yaml:1:18: limits\.burst is "many"/);
    writeFileSync(file, "dataDir: elsewhere\n");
    assert.match(refusal(await reload()), /dataDir is now .*elsewhere, and the host runs in /);
    writeFileSync(file, "");
    assert.equal((await reload()).kind, "done");
  });
});

describe("a hand-over in which one side dies", () => {
  it("when it is the new worker, is off: the old one serves on, and its clients notice nothing", async () => {
    node = await start();
    const old = node.workerPid();
    const socket = await client();
    let closed = false;
    socket.once("close", () => (closed = true));
    const die = 'async #adopt() { process.kill(process.pid, "SIGKILL");';
    const restore = copy.change("deploy/worker-life.js", (text) => text.replace("async #adopt() {", die));
    assert.match(refusal(await reload()), /^notHandedOver: .*was killed by SIGKILL.*serves on as before$/);
    restore();
    assert.equal(node.workerPid(), old);
    const subscribed = heard(socket, "subscribed");
    socket.send(JSON.stringify({ kind: "subscribe", id: 1, room: "chat/lobby" }));
    await subscribed;
    assert.equal(closed, false);
    assert.equal((await fetch(`${node.listeners["web"]}/`)).status, 200);
    socket.close();
    assert.equal((await reload()).kind, "done");
  });

  it("when it is the old worker, leaves the new one to serve", async () => {
    const die = 'async #handOver() { process.kill(process.pid, "SIGKILL");';
    const restore = copy.change("deploy/worker-life.js", (text) => text.replace("async #handOver() {", die));
    node = await start();
    restore();
    const old = node.workerPid();
    const answer = await reload();
    assert.equal(answer.kind, "done", JSON.stringify(answer));
    await untilGone(old);
    assert.notEqual(node.workerPid(), old);
    assert.equal((await fetch(`${node.listeners["web"]}/`)).status, 200);
  });
});

describe("code that cannot start after a worker has died", () => {
  it("is tried a few times and then only now and then, until an operator has repaired it", async () => {
    node = await start([
      "--set",
      "host.restarts=3",
      "--set",
      "host.restartAfterMaxMs=200",
      "--set",
      "host.retryEveryMs=600000",
    ]);
    const restore = copy.change("actors/rooms/feature.js", (text) => `${text}\nthrow new Error("broken");`);
    process.kill(node.workerPid(), "SIGKILL");
    await node.process.until(() =>
      seen("worker.restarting").some(({ isSlow }) => isSlow) ? true : undefined,
    );
    assert.equal(seen("worker.restarting").length, 4);
    assert.equal(seen("worker.started").length, 1 + 3);
    // Nobody serves, and no port refuses: who comes now waits.
    const waiting = fetch(`${node.listeners["web"]}/`);
    assert.match(refusal(await reload()), /^unfit: [^]*broken[^]*nobody serves/);
    restore();
    // The slow try would come in ten minutes; nobody has to wait for it who has repaired something.
    await node.process.until(() => (seen("worker.restarting").length === 5 ? true : undefined));
    const answer = await reload();
    assert.equal(answer.kind, "done", JSON.stringify(answer));
    assert.equal((await waiting).status, 200);
  });
});
