import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { after, afterEach, before, describe, it } from "node:test";
import { setImmediate as nextTurn, setTimeout as pass } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { OPCODE, webSocketFrame, webSocketTextFrame } from "../../../runtime/net/web-socket-frame.ts";
import { ObservedWebSocket, rawSocket } from "../../../runtime/net/ws-internals.ts";
import { clientFrame } from "../../support/raw-client.ts";

const FRAME_BYTES_MAX = 1_000;
const CLOSE_TIMEOUT_MS = 60;
const CLOSE = 0x8;

// What the gateway asks of ws, apart from the time that a client has to answer a close frame.
const OPTIONS = {
  noServer: true,
  WebSocket: ObservedWebSocket,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: FRAME_BYTES_MAX,
  skipUTF8Validation: false,
  autoPong: false,
  allowSynchronousEvents: true,
  closeTimeout: CLOSE_TIMEOUT_MS,
};

const hasty = new WebSocketServer(OPTIONS);
/** Who answers a close frame late here does so because the machine is slow. */
const PATIENT = { ...OPTIONS, closeTimeout: 60_000 };
const patient = new WebSocketServer(PATIENT);
/** Those that take the next connection. */
let sockets = hasty;
const server = createServer();
const clients: Socket[] = [];
server.on("upgrade", (request, socket, head) => {
  sockets.handleUpgrade(
    request,
    socket,
    head,
    (webSocket) => void sockets.emit("connection", webSocket, request),
  );
});
afterEach(() => void (sockets = hasty));

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => {
  for (const client of clients) client.destroy();
  server.close();
});

const codeBytes = (code: number): Buffer => Buffer.from([code >> 8, code & 0xff]);
const closeFrame = (code: number): Buffer => webSocketFrame(CLOSE, codeBytes(code));
const clientClose = (code: number): Buffer => clientFrame(CLOSE, codeBytes(code));

/** A client of raw bytes, the WebSocket on the other side, and what our observer and ws's own events tell in order. */
interface Pair {
  readonly client: Socket;
  readonly webSocket: ObservedWebSocket;
  readonly events: string[];
  /** What the observer does when a close frame or an error comes, before ws reacts. */
  onEnd: () => void;
  /** What the observer does when a message comes. */
  onMessage: () => void;
  /** Everything that came after the handshake. */
  received(): Buffer;
  /** Waits until the gateway's side has seen an event that begins so. */
  seen(event: string): Promise<void>;
}

async function openPair(behind: Buffer = Buffer.alloc(0)): Promise<Pair> {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, "127.0.0.1");
  clients.push(client);
  let bytes = Buffer.alloc(0);
  client.on("data", (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  client.on("error", () => {});
  const lines = ["GET / HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket"];
  const handshake = [
    ...lines,
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "",
    "",
  ];
  client.write(Buffer.concat([Buffer.from(handshake.join("\r\n")), behind]));
  const pair = await new Promise<Pair>((opened) => {
    // At once, as the gateway does: what came behind the handshake is read in this very turn.
    sockets.once("connection", (webSocket: ObservedWebSocket) =>
      opened(recorded({ client, webSocket, received: () => afterHandshake(bytes) })),
    );
  });
  await until(() => bytes.includes("\r\n\r\n"));
  return pair;
}

function afterHandshake(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
}

function recorded(sides: Pick<Pair, "client" | "webSocket" | "received">): Pair {
  const { webSocket } = sides;
  const events: string[] = [];
  const seen = (event: string): Promise<void> => until(() => events.some((each) => each.startsWith(event)));
  const pair: Pair = { ...sides, events, seen, onEnd: () => {}, onMessage: () => {} };
  webSocket.observe({
    message: (bytes, binary) => {
      events.push(`${binary ? "binary" : "text"} ${bytes.toString()}`);
      pair.onMessage();
    },
    ping: (bytes) => void events.push(`ping ${bytes.toString()}`),
    pong: (bytes) => void events.push(`pong ${bytes.toString()}`),
    readEnded: () => void events.push("readEnded"),
    closeFrameCame: () => {
      events.push("closeFrameCame");
      pair.onEnd();
    },
    protocolBroken: (code) => {
      events.push(`protocolBroken ${code}`);
      pair.onEnd();
    },
    closed: (code, text) => void events.push(`closed ${code} ${text}`.trim()),
  });
  return pair;
}

async function until(reached: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!reached()) {
    assert.ok(performance.now() < deadline, "it never came to that");
    await pass(1);
  }
}

async function closedBy(pair: Pair): Promise<Buffer> {
  if (!pair.client.closed) await once(pair.client, "close");
  return pair.received();
}

/** All events but the ends of reads. */
function told({ events }: Pair): string[] {
  return events.filter((event) => event !== "readEnded");
}

describe("what is under a WebSocket of ws", () => {
  it("is the socket: what is written to it arrives as it is, and ws adds nothing", async () => {
    const pair = await openPair();
    const sent = Buffer.concat([webSocketTextFrame("one"), webSocketTextFrame("two")]);
    assert.equal(rawSocket(pair.webSocket).remotePort, pair.client.localPort);
    rawSocket(pair.webSocket).write(sent);
    await until(() => pair.received().length >= sent.length);
    await nextTurn();
    assert.deepEqual(pair.received(), sent);
    pair.client.destroy();
  });

  it("is not written to for a ping, which is ours to answer", async () => {
    const pair = await openPair();
    pair.client.write(clientFrame(OPCODE.ping, "alive?"));
    await pair.seen("readEnded");
    await pass(10);
    assert.deepEqual(pair.events, ["ping alive?", "readEnded"]);
    assert.equal(pair.received().length, 0);
    pair.client.destroy();
  });
});

describe("a read", () => {
  it("ends after everything that came with it was emitted", async () => {
    const pair = await openPair();
    const half = clientFrame(OPCODE.text, "three");
    const frames = [
      clientFrame(OPCODE.text, "one"),
      clientFrame(OPCODE.binary, "two"),
      clientFrame(OPCODE.pong, ""),
    ];
    pair.client.write(Buffer.concat([...frames, half.subarray(0, 4)]));
    await pair.seen("readEnded");
    assert.deepEqual(pair.events.splice(0), ["text one", "binary two", "pong ", "readEnded"]);
    pair.client.write(half.subarray(4));
    await pair.seen("readEnded");
    assert.deepEqual(pair.events, ["text three", "readEnded"]);
    pair.client.destroy();
  });

  it("also ends for frames that came along with the handshake", async () => {
    const pair = await openPair(clientFrame(OPCODE.text, "eager"));
    await pair.seen("readEnded");
    assert.deepEqual(pair.events, ["text eager", "readEnded"]);
    pair.client.destroy();
  });

  it("of more than ws's parser buffers is followed by the next", async () => {
    const pair = await openPair();
    const long = clientFrame(OPCODE.text, "x".repeat(FRAME_BYTES_MAX));
    pair.client.write(Buffer.concat([...Array<Buffer>(300).fill(long), clientFrame(OPCODE.text, "last")]));
    await pair.seen("text last");
    assert.equal(pair.events.filter((event) => event.startsWith("text x")).length, 300);
    pair.client.destroy();
  });

  it("in which the WebSocket is paused is the last one until it resumes", async () => {
    const pair = await openPair();
    pair.onMessage = () => {
      pair.webSocket.pause();
      pair.onMessage = () => {};
    };
    const long = clientFrame(OPCODE.text, "x".repeat(FRAME_BYTES_MAX));
    pair.client.write(Buffer.concat(Array<Buffer>(300).fill(long)));
    await pair.seen("readEnded");
    await pass(20);
    assert.equal(pair.events.filter((event) => event === "readEnded").length, 1);
    pair.webSocket.resume();
    await until(() => pair.events.filter((event) => event.startsWith("text x")).length === 300);
    pair.client.destroy();
  });

  it("is heard by ws alone, whose one listener does nothing but hand it to the parser", async () => {
    const pair = await openPair();
    const names = rawSocket(pair.webSocket)
      .listeners("data")
      .map(({ name }) => name);
    assert.deepEqual(names, ["socketOnData"]);
    pair.client.destroy();
  });

  it("does not happen while the WebSocket is paused, and goes on when it resumes", async () => {
    const pair = await openPair();
    pair.webSocket.pause();
    assert.equal(pair.webSocket.isPaused, true);
    pair.client.write(clientFrame(OPCODE.text, "held"));
    await pass(20);
    assert.deepEqual(pair.events, []);
    pair.webSocket.resume();
    assert.equal(pair.webSocket.isPaused, false);
    await pair.seen("readEnded");
    assert.deepEqual(pair.events, ["text held", "readEnded"]);
    pair.client.destroy();
  });

  it("ends also when a paused socket breaks: what it held is emitted, then the close", async () => {
    const pair = await openPair();
    pair.webSocket.pause();
    pair.client.write(clientFrame(OPCODE.text, "held"));
    await until(() => rawSocket(pair.webSocket).readableLength > 0);
    rawSocket(pair.webSocket).destroy();
    await pair.seen("closed");
    assert.deepEqual(pair.events, ["text held", "readEnded", "closed 1006"]);
  });
});

describe("the end", () => {
  it("that the client begins is known before ws answers it, so that what we write goes first", async () => {
    const pair = await openPair();
    pair.onEnd = () => rawSocket(pair.webSocket).write(webSocketTextFrame("last"));
    pair.client.write(Buffer.concat([clientFrame(OPCODE.text, "one"), clientClose(1000)]));
    pair.client.write(clientFrame(OPCODE.text, "late"));
    assert.deepEqual(await closedBy(pair), Buffer.concat([webSocketTextFrame("last"), closeFrame(1000)]));
    await pair.seen("closed");
    assert.deepEqual(told(pair), ["text one", "closeFrameCame", "closed 1000"]);
  });

  it("that we begin comes after everything we wrote, and the client's answer is a close frame too", async () => {
    sockets = patient;
    const pair = await openPair();
    rawSocket(pair.webSocket).write(webSocketTextFrame("last"));
    pair.webSocket.closeWith(4503, "");
    await until(() => pair.received().length >= 10);
    pair.client.write(clientClose(4503));
    assert.deepEqual(await closedBy(pair), Buffer.concat([webSocketTextFrame("last"), closeFrame(4503)]));
    await pair.seen("closed");
    assert.deepEqual(told(pair), ["closeFrameCame", "closed 4503"]);
  });

  it("comes also to a client that never answers", async () => {
    const pair = await openPair();
    const startedAtMs = performance.now();
    pair.webSocket.closeWith(4503, "");
    await pair.seen("closed");
    assert.ok(performance.now() - startedAtMs >= CLOSE_TIMEOUT_MS - 1, "was not given its time");
    await closedBy(pair);
  });

  it("of a socket that just vanishes is 1006", async () => {
    const pair = await openPair();
    pair.client.destroy();
    await pair.seen("closed");
    assert.equal(pair.events.at(-1), "closed 1006");
  });
});

describe("a broken protocol", () => {
  it("is known before ws closes for it, so that the code is ours to choose", async () => {
    const pair = await openPair();
    pair.onEnd = () => {
      rawSocket(pair.webSocket).write(webSocketTextFrame("last"));
      pair.webSocket.closeWith(4413, "");
    };
    // The length alone: nothing of the payload has to come first.
    pair.client.write(clientFrame(OPCODE.text, "x".repeat(FRAME_BYTES_MAX + 1)).subarray(0, 8));
    assert.deepEqual(await closedBy(pair), Buffer.concat([webSocketTextFrame("last"), closeFrame(4413)]));
    await pair.seen("closed");
    assert.equal(told(pair)[0], "protocolBroken 1009");
  });

  it("takes a message of the limit, and none that grows beyond it in fragments", async () => {
    const pair = await openPair();
    pair.client.write(clientFrame(OPCODE.text, "x".repeat(FRAME_BYTES_MAX)));
    await pair.seen("text");
    const fragment = clientFrame(OPCODE.text, "y".repeat(FRAME_BYTES_MAX));
    fragment[0] = OPCODE.text;
    pair.client.write(Buffer.concat([fragment, clientFrame(0, "y")]));
    await pair.seen("protocolBroken 1009");
    await closedBy(pair);
  });

  for (const [name, bytes, code] of [
    ["text that is no UTF-8", clientFrame(OPCODE.text, Buffer.from([0xc3, 0x28])), 1007],
    ["a frame without a mask", webSocketTextFrame("bare"), 1002],
    ["an unknown kind of frame", clientFrame(0x3, ""), 1002],
    ["a continuation of nothing", clientFrame(0x0, ""), 1002],
  ] as const) {
    it(`by ${name} is known by the code with which ws closes, ${code}`, async () => {
      const pair = await openPair();
      pair.client.write(
        Buffer.concat([clientFrame(OPCODE.text, "good"), bytes, clientFrame(OPCODE.text, "late")]),
      );
      assert.deepEqual(await closedBy(pair), closeFrame(code));
      await pair.seen("closed");
      const expected = ["text good", `protocolBroken ${code}`, "closed 1006"];
      assert.deepEqual(told(pair), expected);
    });
  }
});
