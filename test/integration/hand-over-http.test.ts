import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, describe, it } from "node:test";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pass } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { MovingHost } from "../support/moving-host.ts";

const CLIENTS = 8;
const READ_MS = 200;

let host: MovingHost;

before(async () => {
  host = await MovingHost.start();
});
after(() => host.stop());

interface Answer {
  readonly pid: number;
  readonly reusedSocket: boolean;
}

/** One request on a connection that is kept. @throws Error when there is no good answer */
async function ask(agent: Agent): Promise<Answer> {
  const asked = request(`${host.urls.listeners["web"]}/echo`, { agent });
  asked.end();
  const [response] = await once(asked, "response");
  assert.equal(response.statusCode, 200);
  const body = Buffer.concat(await response.toArray()).toString();
  return { pid: (JSON.parse(body) as { pid: number }).pid, reusedSocket: asked.reusedSocket };
}

describe("HTTP clients that keep their connections", () => {
  it("have no failed request and keep their sockets through three moves under load", async () => {
    let isOver = false;
    const agents = Array.from({ length: CLIENTS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const all = agents.map((): Answer[] => []);
    const runs = agents.map(async (agent, index) => {
      while (!isOver) all[index]?.push(await ask(agent));
    });
    /** Each client has an answer of the process that serves. */
    const areServed = (): boolean => all.every((answers) => answers.at(-1)?.pid === host.worker.child.pid);
    for (let move = 0; move < 3; move++) {
      await eventually(areServed, true);
      assert.equal((await host.move()).lost, 0);
    }
    await eventually(areServed, true);
    isOver = true;
    await Promise.all(runs);
    for (const answers of all) {
      assert.equal(answers.filter(({ reusedSocket }) => !reusedSocket).length, 1, "a socket was closed");
      assert.equal(new Set(answers.map(({ pid }) => pid)).size, 4, "was not answered by every process");
    }
    for (const agent of agents) agent.destroy();
  });

  it("that have sent half a request when the move begins get their answer", async () => {
    const socket = connect(host.portOf("web"), "127.0.0.1");
    let said = "";
    socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
    socket.write(
      "POST /echo HTTP/1.1\r\nhost: here\r\ncontent-type: text/plain\r\ncontent-length: 10\r\n\r\nhalf ",
    );
    await pass(READ_MS);
    const moving = host.move();
    await pass(READ_MS);
    socket.write("a bod");
    await moving;
    await eventually(() => /"bytes":10\}/.test(said), true);
    socket.destroy();
  });

  it("that have sent nothing yet are answered by the process that took over", async () => {
    const socket = connect(host.portOf("web"), "127.0.0.1");
    await once(socket, "connect");
    let said = "";
    socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await pass(READ_MS);
    await host.move();
    socket.write("GET /echo HTTP/1.1\r\nhost: here\r\n\r\n");
    await eventually(() => said.includes(`"pid":${host.worker.child.pid}`), true);
    socket.destroy();
  });
});
