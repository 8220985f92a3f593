import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { sign } from "../../runtime/identity/signature.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { hasHeard } from "../support/has-heard.ts";
import { ReloadingNode } from "../support/reloading-node.ts";

const PATH = "/chatroom/push";
const RELOADS = 2;
/** How often somebody pushes, in milliseconds. */
const PUSH_EVERY_MS = 10;

let running: ReloadingNode;
let secret: string;
before(async () => {
  running = await ReloadingNode.start();
  secret = readFileSync(join(running.node.dataDir, "push-key"), "utf8").trim();
});
after(() => running.stop());

/** A signed request, which may be sent more than once. */
interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function signed(content: unknown): Signed {
  const body = JSON.stringify(content);
  const parts = { method: "POST", path: PATH, body, timestampMs: Date.now(), nonce: randomUUID() };
  return { body, headers: { ...sign({ id: "local", secret }, parts), "content-type": "application/json" } };
}

interface Answered {
  readonly status: number;
  readonly code: string | undefined;
}

/** Sends it over the agent's connections. Rejects when the connection breaks. */
function send({ body, headers }: Signed, agent: Agent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sending = request(running.web + PATH, { method: "POST", headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        const { code } = JSON.parse(text) as { code?: string };
        resolve({ status: response.statusCode ?? 0, code });
      });
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

describe("signed pushes while the node is reloaded", () => {
  it("are all taken, over connections that are kept and over new ones, and reach a listening client in order", async () => {
    const listener = await FrameClient.webSocket("listener", running.chatroom);
    listener.send({ kind: "subscribe", id: 1, room: "live/news" });
    await listener.next("subscribed");
    const agents = [new Agent({ keepAlive: true, maxSockets: 1 }), new Agent({ keepAlive: false })];
    const answers: Answered[] = [];
    let isOver = false;
    const pushing = agents.map(async (agent) => {
      while (!isOver) {
        answers.push(await send(signed({ room: "live/news", data: answers.length }), agent));
        await pass(PUSH_EVERY_MS);
      }
    });
    for (let count = 0; count < RELOADS; count++) await running.reload();
    isOver = true;
    await Promise.all(pushing);
    for (const agent of agents) agent.destroy();
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200),
      [],
    );
    await hasHeard(listener, answers.length);
    listener.close();
  });

  it("are taken when they were signed just before, and refused when they were taken before", async () => {
    const agent = new Agent({ keepAlive: true });
    const [taken, untaken] = [1, 2].map((data) => signed({ room: "live/news", data }));
    assert.ok(taken !== undefined && untaken !== undefined);
    assert.equal((await send(taken, agent)).status, 200);
    await running.reload();
    assert.deepEqual(await send(taken, agent), { status: 401, code: "replayedNonce" });
    assert.equal((await send(untaken, agent)).status, 200);
    assert.deepEqual(await send(untaken, agent), { status: 401, code: "replayedNonce" });
    agent.destroy();
  });

  it("to everybody who is connected reach each client once", async () => {
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, index) => FrameClient.webSocket(`client ${index}`, running.chatroom)),
    );
    const agent = new Agent({ keepAlive: true });
    let pushed = 0;
    let isOver = false;
    const pushing = (async () => {
      while (!isOver) {
        assert.equal((await send(signed({ listener: "web", data: ++pushed }), agent)).status, 200);
        await pass(PUSH_EVERY_MS);
      }
    })();
    await running.reload();
    isOver = true;
    await pushing;
    agent.destroy();
    const expected = Array.from({ length: pushed }, (_, index) => index + 1);
    for (const { inbox, name } of clients) {
      const heard = (): unknown[] => inbox.flatMap((frame) => (frame.kind === "notice" ? [frame.data] : []));
      await eventually(() => heard().length, pushed, name);
      assert.deepEqual(heard(), expected, name);
    }
    for (const client of clients) client.close();
  });
});
