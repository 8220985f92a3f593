import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { HandleChannel } from "../../../runtime/net/hand-over/handle-channel.ts";
import type { RawHandle } from "../../../runtime/net/hand-over/raw-handle.ts";
import { connectAll } from "../../support/many-sockets.ts";

const CHILD = new URL("../../support/handle-echo.js", import.meta.url);
const HANDLES = 300;
/** Larger than one read, and small words between. */
const SIZES = [0, 10, 100_000, 300, 16_000];

const mishaps: Error[] = [];
const note = (error: Error): void => void mishaps.push(error);

let child: ChildProcess;
let server: Server;

before(async () => {
  process.on("uncaughtException", note);
  child = fork(CHILD, { serialization: "advanced" });
  server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A process that is still loading sends receipts.
  await once(child, "message");
});
after(() => {
  process.off("uncaughtException", note);
  child.disconnect();
  server.close();
});

function queueOf(channel: ChildProcess): unknown[] | null {
  return (channel as unknown as { readonly _handleQueue: unknown[] | null })._handleQueue;
}

/** What the child says of what it got: each word in its order, with the port of the client whose handle came with it. */
interface Got {
  readonly number: number;
  readonly clientPort: number | undefined;
}

describe("a channel between processes", () => {
  it("brings each handle with its word, in order with words that have none, without waiting for receipts", async () => {
    const channel = new HandleChannel(child);
    const { inside, outside } = await connectAll(server, HANDLES);
    const got = new Promise<Got[]>((resolve) => void child.once("message", (all) => resolve(all as Got[])));
    const expected: Got[] = [];
    const receipts: unknown[] = [];
    const noteReceipt = (message: unknown): void => void receipts.push(message);
    child.on("internalMessage", noteReceipt);
    let sent = 0;
    const say = (socket: Socket | undefined, bytes: number, isLast = false): void => {
      const handle = (socket as unknown as { _handle: RawHandle } | undefined)?._handle;
      const number = expected.push({ number: expected.length, clientPort: socket?.remotePort }) - 1;
      channel.send({ number, isLast, padding: Buffer.alloc(bytes) }, handle, (error) => {
        assert.equal(error, null);
        sent++;
      });
    };
    for (const [index, socket] of inside.entries()) {
      say(socket, index % 2 === 0 ? 0 : 500);
      if (index % 10 === 0) say(undefined, 200);
    }
    say(undefined, 0, true);
    // Nothing waits for a receipt.
    assert.equal(queueOf(child), null);
    assert.deepEqual(await got, expected);
    assert.equal(sent, expected.length);
    child.off("internalMessage", noteReceipt);
    // None has come, and Node took offence at nothing.
    assert.deepEqual(receipts, []);
    assert.deepEqual(mishaps, []);
    for (const socket of [...inside, ...outside]) socket.destroy();
  });

  it("brings words of every size in order", async () => {
    const channel = new HandleChannel(child);
    const got = new Promise<Got[]>((resolve) => void child.once("message", (all) => resolve(all as Got[])));
    SIZES.forEach((bytes, number) =>
      channel.send({ number, padding: Buffer.alloc(bytes) }, undefined, () => {}),
    );
    channel.send({ number: SIZES.length, isLast: true }, undefined, () => {});
    assert.deepEqual(
      (await got).map(({ number }) => number),
      [...SIZES.keys(), SIZES.length],
    );
  });
});
