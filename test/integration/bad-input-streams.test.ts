import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import type { ServerFrames } from "../../protocols/client-frames.ts";
import { LENGTH_FRAMING } from "../../runtime/net/framing.ts";
import { OPCODE } from "../../runtime/net/web-socket-frame.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { clientFrame, RawClient } from "../support/raw-client.ts";
import { Witness } from "../support/witness.ts";

const ROOM = "chat/witnessed";
const FRAME_BYTES = 65_536;
const BURST = 100;
const CONTINUATION = 0x0;
const FINAL = 0x80;
const MASKED = 0x80;

const presence = (id: number): string => JSON.stringify({ kind: "presence", id, room: ROOM });
/** JSON may end in spaces, so that a frame can have any size. */
const padded = (bytes: number): string => presence(1).padEnd(bytes);

let running: GatewayNode;
let witness: Witness;

/** A node that is quick to lose its patience with silent clients, or with fast ones. */
function aNode(limits: Partial<Record<"pingEveryMs" | "messagesPerSecond" | "burst", number>>) {
  before(async () => {
    running = await startGatewayNode((settings) => ({
      ...settings,
      limits: { ...settings.limits, ...limits },
    }));
    witness = await Witness.open(running, ROOM);
  });
  afterEach(() => running.assertSound());
  after(async () => {
    witness.close();
    await running.stop();
  });
}

type Door = "webSocket" | "length" | "line";

/** Comes into the witnessed room. */
async function member(door: Door): Promise<RawClient> {
  const client =
    door === "webSocket"
      ? await RawClient.webSocket(`${running.webSocketUrl}/chatroom`)
      : await RawClient.tcp(running.portOf(door), door);
  client.say(message(door, JSON.stringify({ kind: "subscribe", id: 0, room: ROOM })));
  await client.next("subscribed");
  return client;
}

/** A text as one message. */
function message(door: Door, text: string): string | Buffer {
  if (door === "length") return LENGTH_FRAMING.encode(Buffer.from(text));
  return door === "line" ? `${text}\n` : text;
}

/** Waits until a TCP connection ends, and answers what was said last. */
async function lastWord(client: RawClient): Promise<ServerFrames["refused"]> {
  await client.ended();
  const last = client.inbox.at(-1);
  return last?.kind === "refused" ? last : assert.fail(`the last word was ${JSON.stringify(last)}`);
}

describe("a frame that is too large", () => {
  aNode({});

  it("begins one byte above the limit, on every door", async () => {
    for (const door of ["webSocket", "length", "line"] as const) {
      await witness.during(async () => {
        const client = await member(door);
        client.say(message(door, padded(FRAME_BYTES)));
        assert.equal((await client.next("presence")).id, 1);
        client.say(message(door, padded(FRAME_BYTES + 1)));
        assert.equal(await client.ended(), door === "webSocket" ? 4413 : undefined);
      });
    }
  });

  it("is closed with 4413 at its head, before its bytes have come", async () => {
    await witness.during(async () => {
      const client = await member("webSocket");
      const head = Buffer.alloc(14);
      head.writeUInt16BE(((FINAL | OPCODE.text) << 8) | MASKED | 127);
      head.writeBigUInt64BE(2n ** 40n, 2);
      client.socket.write(head);
      assert.equal(await client.ended(), 4413);
    });
  });

  it("is closed with 4413 also when it comes in fragments, each of which is small", async () => {
    await witness.during(async () => {
      const client = await member("webSocket");
      const fragment = clientFrame(CONTINUATION, "x".repeat(FRAME_BYTES / 4));
      fragment[0] = OPCODE.text;
      client.socket.write(fragment);
      fragment[0] = CONTINUATION;
      for (let count = 0; count < 4; count++) client.socket.write(fragment);
      assert.equal(await client.ended(), 4413);
    });
  });

  it("is closed with 4413 also when its fragments are empty and never end", async () => {
    await witness.during(async () => {
      const client = await member("webSocket");
      const fragment = clientFrame(CONTINUATION, "");
      fragment[0] = CONTINUATION;
      const first = clientFrame(OPCODE.text, "");
      first[0] = OPCODE.text;
      client.socket.write(Buffer.concat([first, ...Array<Buffer>(2_000).fill(fragment)]));
      assert.equal(await client.ended(), 4413);
    });
  });

  it("is refused over TCP with a last word, at its length or at the end of a line that never ends", async () => {
    await witness.during(async () => {
      const length = await member("length");
      length.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
      const word = await lastWord(length);
      assert.deepEqual([word.code, word.text], ["tooLarge", "a frame may have 65536 bytes"]);
      const line = await member("line");
      line.socket.write("x".repeat(FRAME_BYTES + 2));
      assert.equal((await lastWord(line)).code, "tooLarge");
    });
  });
});

describe("a client that is too fast", () => {
  aNode({ messagesPerSecond: BURST, burst: BURST });

  for (const door of ["webSocket", "length", "line"] as const) {
    it(`is told when to go on, and closed when it does not care (${door})`, async () => {
      await witness.during(async () => {
        const client = await member(door);
        for (let id = 1; id <= 1.5 * BURST; id++) client.say(message(door, presence(id)));
        const { id = 0, code, retryAfterMs = 0 } = await client.next("refused");
        assert.equal(code, "tooFast");
        assert.ok(id >= BURST, `frame ${id} was the first beyond the burst`);
        assert.ok(retryAfterMs > 0 && retryAfterMs <= 1_000 / BURST, `it may go on in ${retryAfterMs} ms`);
        // One that waits is served again.
        await pass(200);
        client.say(message(door, presence(1_000)));
        while ((await client.next("presence")).id < 1_000);
        for (let more = 0; more < 4 * BURST; more++) client.say(message(door, presence(more)));
        assert.equal(await client.ended(), door === "webSocket" ? 4429 : undefined);
        if (door !== "webSocket") assert.equal((await lastWord(client)).code, "tooFast");
      });
    });
  }

  it("is closed with 4429 for a flood of pings, of pongs, or of pongs of the protocol", async () => {
    const floods = [
      clientFrame(OPCODE.ping, "x".repeat(125)),
      clientFrame(OPCODE.pong, ""),
      clientFrame(OPCODE.text, '{"kind":"pong"}'),
    ];
    for (const flood of floods) {
      await witness.during(async () => {
        const client = await member("webSocket");
        client.socket.write(Buffer.concat(Array<Buffer>(10_000).fill(flood)));
        assert.equal(await client.ended(), 4429);
        const codes = client.inbox.map((frame) => frame.kind === "refused" && frame.code);
        assert.ok(codes.includes("tooFast"), "it was told before");
      });
    }
  });

  it("is closed also when it reads nothing of what it is answered", async () => {
    await witness.during(async () => {
      const client = await member("webSocket");
      client.socket.pause();
      const ping = clientFrame(OPCODE.ping, "x".repeat(125));
      client.socket.write(Buffer.concat(Array<Buffer>(10_000).fill(ping)));
      await pass(300);
      client.socket.resume();
      assert.equal(await client.ended(), 4429);
    });
  });
});

describe("a frame that comes in pieces", () => {
  aNode({});

  it("is taken when it is whole, even byte by byte", async () => {
    for (const door of ["webSocket", "length", "line"] as const) {
      await witness.during(async () => {
        const client = await member(door);
        const frame = message(door, presence(7));
        const bytes = door === "webSocket" ? clientFrame(OPCODE.text, frame) : Buffer.from(frame);
        for (const byte of bytes) {
          client.socket.write(Buffer.of(byte));
          await new Promise(setImmediate);
        }
        assert.equal((await client.next("presence")).id, 7);
        client.destroy();
      });
    }
  });

  it("is refused when the client ends in the middle of it; what came before is answered", async () => {
    for (const door of ["length", "line"] as const) {
      await witness.during(async () => {
        const client = await member(door);
        client.socket.write(message(door, presence(1)));
        client.socket.end(message(door, presence(2)).slice(0, 20));
        const { code, text } = await client.next("refused");
        assert.deepEqual([code, text], ["halfFrame", "the connection ended in the middle of a frame"]);
        assert.equal((await client.next("presence")).id, 1);
        client.destroy();
      });
    }
  });

  it("is forgotten with its WebSocket when the client vanishes in the middle of it", async () => {
    await witness.during(async () => {
      const client = await member("webSocket");
      client.socket.end(clientFrame(OPCODE.text, presence(1)).subarray(0, 20));
      await client.ended();
    });
  });
});

describe("a frame of which the rest never comes", () => {
  // Nothing else is asked of such a node: who is slow because the machine is would be sent away as well.
  aNode({ pingEveryMs: 400 });

  it("is closed as without progress", async () => {
    await witness.during(async () => {
      const webSocket = await member("webSocket");
      webSocket.socket.write(clientFrame(OPCODE.text, presence(1)).subarray(0, 20));
      const length = await member("length");
      length.socket.write(LENGTH_FRAMING.encode(Buffer.from(presence(1))).subarray(0, 20));
      const line = await member("line");
      line.socket.write(presence(1));
      assert.equal(await webSocket.ended(), 4408);
      assert.equal((await lastWord(length)).code, "noProgress");
      assert.equal((await lastWord(line)).code, "noProgress");
    });
  });
});

describe("bytes that are no WebSocket frame", () => {
  aNode({});
  const cases: readonly (readonly [string, Buffer])[] = [
    ["a frame without a mask", Buffer.from([FINAL | OPCODE.text, 2, 0x7b, 0x7d])],
    ["a kind of frame that does not exist", clientFrame(0x3, "")],
    ["a bit that no extension has claimed", clientFrame(OPCODE.text | 0x40, "{}")],
    ["a ping in fragments", Buffer.from([OPCODE.ping, MASKED, 0, 0, 0, 0])],
    ["the end of nothing", clientFrame(CONTINUATION, "{}")],
    ["a request of HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ];
  for (const [what, bytes] of cases) {
    it(`are closed with 1002: ${what}`, async () => {
      await witness.during(async () => {
        const client = await member("webSocket");
        client.socket.write(bytes);
        assert.equal(await client.ended(), 1002);
      });
    });
  }
});
