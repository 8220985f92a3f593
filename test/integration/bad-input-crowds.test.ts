import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { Witness } from "../support/witness.ts";

interface Dialled {
  readonly socket: Socket;
  /** All that came until the server ended it. */
  readonly answer: Promise<string>;
}

/** Connects from an address of this machine. */
async function dial(port: number, from: string): Promise<Dialled> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {});
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const answer = new Promise<string>((resolve) => socket.once("close", () => resolve(text)));
  await once(socket, "connect");
  return { socket, answer };
}

describe("more connections than there may be", () => {
  let running: GatewayNode;
  let witness: Witness;
  const held: Socket[] = [];
  before(async () => {
    running = await startGatewayNode((settings) => ({
      ...settings,
      limits: { ...settings.limits, connections: 6, connectionsPerAddress: 4 },
    }));
    witness = await Witness.open(running);
  });
  after(async () => {
    for (const socket of held) socket.destroy();
    witness.close();
    await running.stop();
  });

  const hold = async (from: string) => void held.push((await dial(running.portOf("web"), from)).socket);

  it("are answered 503 with the time to come back, for one address", async () => {
    await witness.during(async () => {
      for (let count = 0; count < 2; count++) await hold("127.0.0.1");
      const http = await (await dial(running.portOf("web"), "127.0.0.1")).answer;
      assert.match(http, /^HTTP\/1\.1 503 [^]*\r\nretry-after: 5\r\n[^]*"code":"tooManyFromAddress"/);
      const tcp = await (await dial(running.linePort, "127.0.0.1")).answer;
      const { kind, code, retryAfterMs } = JSON.parse(tcp) as Record<string, unknown>;
      assert.deepEqual([kind, code, retryAfterMs], ["refused", "tooManyFromAddress", 5_000]);
    });
  });

  it("are answered 503 with the time to come back, for the whole node", async () => {
    await witness.during(async () => {
      for (let count = 0; count < 2; count++) await hold("127.0.0.2");
      const http = await (await dial(running.portOf("web"), "127.0.0.3")).answer;
      assert.match(http, /^HTTP\/1\.1 503 [^]*\r\nretry-after: 5\r\n[^]*"code":"tooManyConnections"/);
      const tcp = await (await dial(running.linePort, "127.0.0.3")).answer;
      assert.match(tcp, /^\{"kind":"refused","code":"tooManyConnections"[^\n]*\n$/);
    });
  });

  it("keep no operator out", async () => {
    assert.equal((await fetch(`${running.node.urls().opsUrl}/healthz`)).status, 200);
  });

  it("have a place again as soon as others have gone", async () => {
    for (const socket of held.splice(0)) socket.destroy();
    await eventually(
      () => running.node.metrics.text().then((text) => /^banyan_sockets 2$/m.test(text)),
      true,
    );
    const client = await FrameClient.line("late", running.linePort);
    client.close();
  });
});

const SLOW_CLIENTS = 10_000;
const PLACES = 8_000;
const HANDSHAKE_MS = 8_000;
/** How many connect at once. */
const BATCH = 500;
/** What all of them together may cost the node, in bytes. */
const BYTES_MAX = 200 * 1_048_576;

describe("ten thousand clients that never finish their handshake", () => {
  let place: Workplace;
  let node: NodeProcess;
  let witness: Witness;
  before(async () => {
    place = workplace();
    const limits = {
      connections: 2 * SLOW_CLIENTS,
      connectionsPerAddress: PLACES,
      handshakeMs: HANDSHAKE_MS,
    };
    const words = Object.entries(limits).flatMap(([name, value]) => ["--set", `limits.${name}=${value}`]);
    node = await startNode(place.folder, words);
    witness = await Witness.open({ webSocketUrl: `ws://${hostOf("web")}`, linePort: portOf("line") });
  });
  after(async () => {
    witness.close();
    await node.stop();
    place.remove();
  });

  const hostOf = (listener: string): string => new URL(node.listeners[listener] ?? "").host;
  const portOf = (listener: string): number => Number(new URL(node.listeners[listener] ?? "").port);
  const metric = async (name: string): Promise<number> => {
    const { body } = await node.get("/metrics");
    const [, value = ""] = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(String(body)) ?? [];
    return Number(value);
  };

  /** Comes, says something in a room, and hears it. */
  async function newcomer(): Promise<void> {
    const client = await FrameClient.webSocket("newcomer", `ws://${hostOf("web")}/chatroom`);
    client.send({ kind: "subscribe", id: 1, room: "chat/newcomers" });
    await client.next("subscribed");
    client.send({ kind: "publish", id: 2, room: "chat/newcomers", data: "hello" });
    await client.next("publication");
    client.close();
  }

  /** Comes and begins a handshake, or not even that. */
  async function slowClient(index: number): Promise<Dialled> {
    const client = await dial(portOf("web"), "127.0.0.2");
    if (index % 2 === 0) client.socket.write("GET /chatroom HTTP/1.1\r\nHost: banyan.test\r\nUpgrade: webs");
    return client;
  }

  it("hold up nobody, cost little, and are gone when their time is over", async () => {
    const bytesBefore = await metric("process_resident_memory_bytes");
    await witness.during(async () => {
      const answers: Promise<string>[] = [];
      for (let begun = 0; begun < SLOW_CLIENTS; begun += BATCH) {
        const batch = Array.from({ length: BATCH }, (_, index) => slowClient(begun + index));
        const dialled = await Promise.all(batch);
        for (const { answer } of dialled) answers.push(answer);
        if (begun % 2_500 !== 0) continue;
        await newcomer();
        const waiting = dialled.filter(({ socket }) => !socket.destroyed);
        assert.ok(waiting.length > 0, "a newcomer does not wait until those before it are gone");
      }
      await newcomer();
      assert.ok((await metric("banyan_sockets")) <= PLACES + 4, "no more are let in than there are places");
      const bytes = (await metric("process_resident_memory_bytes")) - bytesBefore;
      assert.ok(bytes < BYTES_MAX, `they cost ${Math.round(bytes / 1_048_576)} MiB`);

      const statuses = (await Promise.all(answers)).map((answer) => answer.split(" ")[1]);
      const untold = statuses.filter((status) => status !== "408" && status !== "503");
      assert.deepEqual(untold, [], "each is told why it has to go");
      await eventually(async () => (await metric("banyan_sockets")) <= 4, true);
      await newcomer();
    });
  });
});
