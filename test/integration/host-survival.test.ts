import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { untilGone, zombiesOf } from "../support/processes.ts";
import { IN_TROUBLE, makeTrouble } from "../support/trouble.ts";

let place: Workplace;
let node: NodeProcess;

/** Starts the one host of a group of tests before them, and stops it after them. */
function withHost(settings: Readonly<Record<string, number>>, environment = {}): void {
  before(async () => {
    place = workplace();
    const words = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    node = await startNode(place.folder, words, environment);
  });
  after(async () => {
    await node.stop();
    place.remove();
  });
}

const hostPid = () => node.process.child.pid ?? 0;
const web = () => node.listeners["web"] ?? "";
const seen = (event: string) => eventsIn(node.process.stdout, event);
const untilServing = (times: number) =>
  node.process.until(() => (seen("worker.serving").length >= times ? true : undefined));

/** Connects to the port again and again until it is told to stop; answers how often it was refused. */
function knock(port: number): () => Promise<{ taken: number; refused: number }> {
  let isOver = false;
  const counts = { taken: 0, refused: 0 };
  const running = (async () => {
    while (!isOver) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("connect", () => {
          counts.taken++;
          socket.destroy();
        });
        socket.once("error", () => counts.refused++);
        socket.once("close", () => resolve());
      });
      await sleep(10);
    }
  })();
  return async () => {
    isOver = true;
    await running;
    return counts;
  };
}

describe("a host", () => {
  withHost({ "host.silentAfterMs": 8_000 }, IN_TROUBLE);

  it("leaves a worker alone that is stopped by a signal for three seconds", async () => {
    const pid = node.workerPid();
    process.kill(pid, "SIGSTOP");
    await sleep(3_000);
    process.kill(pid, "SIGCONT");
    assert.equal((await node.get("/readyz")).status, 200);
    // The host would have noticed by now.
    await sleep(2_000);
    assert.equal(node.workerPid(), pid);
    assert.deepEqual(seen("worker.silent"), []);
  });

  it("brings a worker that is killed back on the same ports, and no port refuses anybody meanwhile", async () => {
    const killed = node.workerPid();
    const stopKnocking = knock(Number(new URL(web()).port));
    process.kill(killed, "SIGKILL");
    await untilGone(killed);
    // It waits in the backlog for the next worker.
    const answer = await fetch(`${web()}/`);
    await untilServing(2);
    const { taken, refused } = await stopKnocking();
    assert.equal(answer.status, 200);
    assert.ok(taken > 0);
    assert.equal(refused, 0);
    assert.notEqual(node.workerPid(), killed);
    assert.equal((await node.get("/readyz")).status, 200);
    const [died] = seen("worker.died");
    assert.equal(died?.["pid"], killed);
    assert.match(String(died?.["text"]), /killed by SIGKILL, and not by this host/);
    await eventually(() => zombiesOf(hostPid()), []);
  });

  it("starts a worker again that ends with 0 by itself, and says that it did not ask for it", async () => {
    const served = seen("worker.serving").length;
    const pid = await makeTrouble(web(), "exit", 0);
    await untilServing(served + 1);
    const died = seen("worker.died").at(-1);
    assert.deepEqual([died?.["pid"], died?.["cause"]], [pid, "unexpectedEnd"], String(died?.["text"]));
    assert.match(String(died?.["text"]), /ended with 0, and this host had not asked it to/);
  });
});

describe("a host that waits four seconds for a silent worker", () => {
  withHost({ "host.silentAfterMs": 4_000 });

  it("takes none for silent while the machine stands still: it could not listen either", async () => {
    const pid = node.workerPid();
    process.kill(pid, "SIGSTOP");
    // So that the host waits for an answer when it is stopped itself.
    await sleep(1_500);
    process.kill(hostPid(), "SIGSTOP");
    await sleep(5_000);
    process.kill(pid, "SIGCONT");
    process.kill(hostPid(), "SIGCONT");
    assert.equal((await node.get("/readyz")).status, 200);
    await sleep(2_000);
    assert.deepEqual(seen("worker.silent"), []);
    assert.equal(node.workerPid(), pid);
  });

  it("kills and replaces one that is stopped by a signal for longer", async () => {
    const pid = node.workerPid();
    process.kill(pid, "SIGSTOP");
    await untilServing(2);
    assert.equal(seen("worker.silent")[0]?.["pid"], pid);
    assert.equal(seen("worker.died")[0]?.["cause"], "silent");
    assert.equal((await node.get("/readyz")).status, 200);
    await untilGone(pid);
  });
});

describe("a host whose worker has little memory", () => {
  const little = { NODE_OPTIONS: `${IN_TROUBLE.NODE_OPTIONS} --max-old-space-size=96` };
  withHost({ "watchdog.killAfterMs": 0 }, little);

  it("starts it again when it has none left, and says what it lacked", async () => {
    await makeTrouble(web(), "heap");
    await untilServing(2);
    const [died] = seen("worker.died");
    assert.equal(died?.["cause"], "outOfMemory", JSON.stringify(died));
    assert.equal((await node.get("/readyz")).status, 200);
  });
});

describe("a host that is killed", () => {
  withHost({});

  it("leaves no process behind, and its data directory to the next one", async () => {
    const worker = node.workerPid();
    process.kill(hostPid(), "SIGKILL");
    await untilGone(hostPid(), worker);
    node = await startNode(place.folder);
    assert.equal((await node.get("/readyz")).status, 200);
  });
});
