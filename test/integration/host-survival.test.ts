import assert from "node:assert/strict";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { untilGone, zombiesOf } from "../support/processes.ts";
import { IN_TROUBLE, makeTrouble } from "../support/trouble.ts";

let place: Workplace;
let node: NodeProcess;
beforeEach(() => {
  place = workplace();
});
afterEach(async () => {
  await node.stop();
  place.remove();
});

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

describe("a worker that is killed", () => {
  it("comes back on the same ports, and no port refuses anybody meanwhile", async () => {
    node = await startNode(place.folder);
    const killed = node.workerPid();
    const stopKnocking = knock(Number(new URL(web()).port));
    process.kill(killed, "SIGKILL");
    await untilGone(killed);
    // It waits in the backlog for the next worker.
    const answer = await fetch(`${web()}/`);
    assert.equal(answer.status, 200);
    await untilServing(2);
    const { taken, refused } = await stopKnocking();
    assert.ok(taken > 0);
    assert.equal(refused, 0);
    assert.notEqual(node.workerPid(), killed);
    assert.equal((await node.get("/readyz")).status, 200);
    const [died] = seen("worker.died");
    assert.equal(died?.["pid"], killed);
    assert.match(String(died?.["text"]), /killed by SIGKILL, and not by this host/);
    assert.deepEqual(zombiesOf(hostPid()), []);
  });
});

describe("a worker that is stopped by a signal", () => {
  it("for three seconds is left alone", async () => {
    node = await startNode(place.folder, ["--set", "host.silentAfterMs=8000"]);
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

  it("for longer than it may be silent is killed and replaced", async () => {
    node = await startNode(place.folder, ["--set", "host.silentAfterMs=3000"]);
    const pid = node.workerPid();
    process.kill(pid, "SIGSTOP");
    await untilServing(2);
    assert.equal(seen("worker.silent")[0]?.["pid"], pid);
    assert.equal(seen("worker.died")[0]?.["cause"], "silent");
    assert.equal((await node.get("/readyz")).status, 200);
    await untilGone(pid);
  });
});

describe("a machine that stands still for a while", () => {
  it("makes no worker silent: the host could not listen either", async () => {
    node = await startNode(place.folder, ["--set", "host.silentAfterMs=4000"]);
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
});

describe("a worker that ends by itself", () => {
  it("with 0 is started again, and the host says that it did not ask for it", async () => {
    node = await startNode(place.folder, [], IN_TROUBLE);
    const pid = await makeTrouble(web(), "exit", 0);
    await untilServing(2);
    const [died] = seen("worker.died");
    assert.deepEqual([died?.["pid"], died?.["cause"]], [pid, "unexpectedEnd"]);
    assert.match(String(died?.["text"]), /ended with 0, and this host had not asked it to/);
  });

  it("without memory is started again, and the host says what it lacked", async () => {
    const environment = { NODE_OPTIONS: `${IN_TROUBLE.NODE_OPTIONS} --max-old-space-size=96` };
    node = await startNode(place.folder, ["--set", "watchdog.killAfterMs=0"], environment);
    await makeTrouble(web(), "heap");
    await untilServing(2);
    const [died] = seen("worker.died");
    assert.equal(died?.["cause"], "outOfMemory", JSON.stringify(died));
    assert.equal((await node.get("/readyz")).status, 200);
  });
});

describe("a host that is killed", () => {
  it("leaves no process behind, and its data directory to the next one", async () => {
    node = await startNode(place.folder);
    const worker = node.workerPid();
    process.kill(hostPid(), "SIGKILL");
    await untilGone(hostPid(), worker);
    node = await startNode(place.folder);
    assert.equal((await node.get("/readyz")).status, 200);
  });
});
