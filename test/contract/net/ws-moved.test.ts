import fc from "fast-check";
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { OPCODE } from "../../../runtime/net/web-socket-frame.ts";
import { webSocketOptions } from "../../../runtime/net/web-socket-options.ts";
import { adoptWebSocket, unparsed } from "../../../runtime/net/ws-internals.ts";
import type { ObservedWebSocket } from "../../../runtime/net/ws-internals.ts";
import { clientFrame } from "../../support/raw-client.ts";

const FRAME_BYTES_MAX = 200_000;
const CONTINUATION = 0x0;
const FINAL = 0x80;
const OPTIONS = webSocketOptions(FRAME_BYTES_MAX);

/** A WebSocket on a socket that the test plays, and what it has told. */
interface Listening {
  readonly webSocket: ObservedWebSocket;
  readonly events: string[];
  readonly socket: Duplex;
  /** Lets bytes come, and waits until they were looked at. */
  readonly read: (bytes: Buffer) => Promise<void>;
}

function listening(unread: Buffer = Buffer.alloc(0)): Listening {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const webSocket = adoptWebSocket({
    socket: socket as unknown as Socket,
    subprotocol: "banyan.v1.json",
    // ws unmasks in place.
    unread: Buffer.from(unread),
    options: OPTIONS,
  });
  const events: string[] = [];
  webSocket.observe({
    message: (bytes, binary) => void events.push(`${binary ? "binary" : "text"} ${bytes.toString("latin1")}`),
    ping: (bytes) => void events.push(`ping ${bytes.toString("latin1")}`),
    pong: (bytes) => void events.push(`pong ${bytes.toString("latin1")}`),
    readEnded: () => {},
    closeFrameCame: () => void events.push("closeFrameCame"),
    protocolBroken: (code) => void events.push(`protocolBroken ${code}`),
    closed: (code) => void events.push(`closed ${code}`),
  });
  const read = async (bytes: Buffer): Promise<void> => {
    socket.push(Buffer.from(bytes));
    await endOfTurn();
  };
  return { webSocket, events, socket, read };
}

/** A frame with a mask that changes every byte. */
function frame(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const bytes = clientFrame(opcode, payload);
  if (!isFinal) bytes[0] = (bytes[0] ?? 0) & ~FINAL;
  const start = bytes.length - payload.length;
  bytes.set([0xa5, 0x5a, 0x0f, 0xf0], start - 4);
  for (let index = start; index < bytes.length; index++) {
    bytes[index] = (bytes[index] ?? 0) ^ (bytes[start - 4 + ((index - start) % 4)] ?? 0);
  }
  return bytes;
}

const payload = fc
  .oneof(fc.nat(20), fc.constantFrom(0, 125, 126, 127, 65_535, 65_536))
  .map((length) => Buffer.alloc(length, "payload "));
const control = fc.constantFrom(OPCODE.ping, OPCODE.pong).map((opcode) => frame(opcode, Buffer.from("sign")));

/** One message in fragments, with control frames between them. */
const message = fc
  .tuple(
    fc.constantFrom(OPCODE.text, OPCODE.binary),
    fc.array(payload, { minLength: 1, maxLength: 4 }),
    control,
  )
  .map(([opcode, parts, sign]) =>
    Buffer.concat(
      parts.flatMap((part, index) => {
        const isLast = index === parts.length - 1;
        const piece = frame(index === 0 ? opcode : CONTINUATION, part, isLast);
        return isLast ? [piece] : [piece, sign];
      }),
    ),
  )
  .filter(({ length }) => length < FRAME_BYTES_MAX);

async function eventsOf(bytes: Buffer): Promise<string[]> {
  const whole = listening();
  whole.webSocket.resume();
  await whole.read(bytes);
  return whole.events;
}

describe("what ws's parser has taken and not told", () => {
  it("brings another parser to the same place, wherever the stream is cut and in however many reads it came", async () => {
    const stream = fc
      .array(message, { minLength: 1, maxLength: 3 })
      .map((messages) => Buffer.concat(messages));
    await fc.assert(
      fc.asyncProperty(stream, fc.nat(), fc.nat(), async (bytes, place, otherPlace) => {
        const cut = place % (bytes.length + 1);
        const between = otherPlace % (cut + 1);
        const there = listening();
        there.webSocket.resume();
        if (between > 0) await there.read(bytes.subarray(0, between));
        if (cut > between) await there.read(bytes.subarray(between, cut));
        const here = listening(unparsed(there.webSocket));
        here.webSocket.resume();
        if (cut < bytes.length) await here.read(bytes.subarray(cut));
        await endOfTurn();
        assert.deepEqual([...there.events, ...here.events], await eventsOf(bytes));
        assert.equal(unparsed(here.webSocket).length, 0);
      }),
      { numRuns: 200 },
    );
  });

  it("can be taken again and again, also when nothing has come in between", async () => {
    const bytes = Buffer.concat([
      frame(OPCODE.text, Buffer.from("one "), false),
      frame(CONTINUATION, Buffer.from("message")),
    ]);
    for (const cut of [1, 4, 9, 10, 12, 15, 20]) {
      let unread: Buffer = bytes.subarray(0, cut);
      for (let move = 0; move < 3; move++) {
        const parser = listening(unread);
        parser.webSocket.resume();
        await endOfTurn();
        unread = unparsed(parser.webSocket);
      }
      const last = listening(unread);
      last.webSocket.resume();
      await last.read(bytes.subarray(cut));
      assert.deepEqual(last.events, ["text one message"], `cut after ${cut} bytes`);
    }
  });

  it("still counts against the largest message", async () => {
    const part = Buffer.alloc(FRAME_BYTES_MAX, "x");
    const there = listening();
    there.webSocket.resume();
    await there.read(frame(OPCODE.binary, part, false));
    const here = listening(unparsed(there.webSocket));
    here.webSocket.resume();
    await here.read(frame(CONTINUATION, Buffer.from("y")));
    assert.equal(here.events[0], "protocolBroken 1009");
  });
});

describe("a WebSocket whose handshake was somewhere else", () => {
  it("is open, knows its subprotocol, and reads nothing until it is resumed", async () => {
    const { webSocket, events, read } = listening(frame(OPCODE.text, Buffer.from("before")));
    await read(frame(OPCODE.text, Buffer.from("after")));
    assert.deepEqual(
      [webSocket.readyState, webSocket.protocol, webSocket.isPaused, events],
      [webSocket.OPEN, "banyan.v1.json", true, []],
    );
    webSocket.resume();
    await endOfTurn();
    assert.deepEqual(events, ["text before", "text after"]);
  });

  it("takes no frame without a mask: it is the server's side", async () => {
    const { webSocket, events, read } = listening();
    webSocket.resume();
    await read(Buffer.from([FINAL | OPCODE.text, 0]));
    assert.deepEqual(events[0], "protocolBroken 1002");
  });

  it("ends when its client does", async () => {
    const { webSocket, events, read, socket } = listening();
    webSocket.resume();
    await read(frame(0x8, Buffer.from([0x03, 0xe8])));
    assert.deepEqual(events, ["closeFrameCame"]);
    socket.push(null);
    await endOfTurn();
    await endOfTurn();
    assert.deepEqual(events, ["closeFrameCame", "closed 1000"]);
  });
});
