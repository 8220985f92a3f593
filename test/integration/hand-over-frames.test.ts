import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { FRAMINGS } from "../../runtime/net/framing.ts";
import { OPCODE } from "../../runtime/net/web-socket-frame.ts";
import { EchoClient } from "../support/echo-client.ts";
import { eventually } from "../support/eventually.ts";
import { MovingHost } from "../support/moving-host.ts";
import { clientFrame } from "../support/raw-client.ts";

const CONTINUATION = 0x0;
const FINAL = 0x80;
/** Long enough for the first part to have been read before the connection moves, in milliseconds. */
const READ_MS = 300;

const short = "a word";
const long = `a ${"long ".repeat(60)}word`;
const longest = "x".repeat(65_536);

/** A mask that changes every byte. */
function masked(frame: Buffer, payloadBytes: number): Buffer {
  const mask = Buffer.from([0x11, 0x22, 0x33, 0x44]);
  const start = frame.length - payloadBytes;
  mask.copy(frame, start - mask.length);
  for (let index = start; index < frame.length; index++) {
    frame[index] = (frame[index] ?? 0) ^ (mask[(index - start) % mask.length] ?? 0);
  }
  return frame;
}

function textFrame(text: string): Buffer {
  return masked(clientFrame(OPCODE.text, text), Buffer.byteLength(text));
}

function fragment(opcode: number, text: string, isLast: boolean): Buffer {
  const frame = masked(clientFrame(opcode, text), Buffer.byteLength(text));
  if (!isLast) frame[0] = (frame[0] ?? 0) & ~FINAL;
  return frame;
}

/** One text in three fragments with a ping between, whose second one is empty. */
const fragmented = Buffer.concat([
  fragment(OPCODE.text, "in ", false),
  clientFrame(OPCODE.ping, "alive?"),
  fragment(CONTINUATION, "", false),
  fragment(CONTINUATION, "four", false),
  fragment(CONTINUATION, " pieces", true),
]);

/** What a client sends and what it gets back, and after how many bytes it is moved. */
interface Cut {
  readonly bytes: Buffer;
  readonly at: number;
  readonly heard: readonly string[];
}

function cuts(bytes: Buffer, heard: readonly string[], places: readonly number[]): Cut[] {
  return places.map((at) => ({ bytes, at, heard }));
}

function everyPlace(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
}

const webSocketCuts: Cut[] = [
  ...cuts(textFrame(short), [short], everyPlace(textFrame(short))),
  ...cuts(textFrame(long), [long], [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]),
  ...cuts(textFrame(longest), [longest], [1, 2, 3, 9, 10, 12, 14, 15, 40_000, 65_549]),
  ...cuts(fragmented, ["in four pieces"], everyPlace(fragmented)),
  // Whole frames before the half one.
  ...cuts(Buffer.concat([textFrame(long), textFrame(short)]), [long, short], [textFrame(long).length + 3]),
];

function tcpCuts(framing: "length" | "line"): Cut[] {
  const bytes = Buffer.concat([long, short].map((text) => FRAMINGS[framing].encode(Buffer.from(text))));
  const second = FRAMINGS[framing].encode(Buffer.from(long)).length;
  return cuts(bytes, [long, short], [1, 2, 3, 4, 5, 100, second - 1, second, second + 1, bytes.length - 1]);
}

let host: MovingHost;

before(async () => {
  host = await MovingHost.start();
});
after(() => host.stop());

/** Lets each client send the part before its cut, moves all of them, and lets them send the rest. */
async function acrossAMove(clients: readonly EchoClient[], all: readonly Cut[]): Promise<void> {
  clients.forEach(({ socket }, index) => socket.write(all[index]?.bytes.subarray(0, all[index].at) ?? ""));
  await pass(READ_MS);
  assert.deepEqual(await host.move(), { connections: clients.length, lost: 0 });
  clients.forEach(({ socket }, index) => socket.write(all[index]?.bytes.subarray(all[index].at) ?? ""));
  for (const [index, client] of clients.entries()) {
    const cut = all[index] ?? assert.fail("has no cut");
    await eventually(() => client.heard, [...cut.heard], `after ${cut.at} of ${cut.bytes.length} bytes`);
    client.say("and on");
    await eventually(() => client.heard.at(-1), "and on");
    assert.equal(client.end, undefined);
  }
  clients.forEach((client) => client.destroy());
  await eventually(() => host.connections(), 0);
}

describe("a client that is moved to another process in the middle of a frame", () => {
  it("is heard as if nothing had happened over WebSocket, wherever the frame is cut", async () => {
    const url = `${host.urls.listeners["web"]?.replace("http", "ws")}/echo`;
    const clients = await Promise.all(webSocketCuts.map(() => EchoClient.webSocket(url)));
    await acrossAMove(clients, webSocketCuts);
  });

  for (const framing of ["length", "line"] as const) {
    it(`is heard as if nothing had happened over TCP with a ${framing} framing`, async () => {
      const port = host.portOf(`text-${framing}`);
      const clients = await Promise.all(tcpCuts(framing).map(() => EchoClient.tcp(port, framing)));
      await acrossAMove(clients, tcpCuts(framing));
    });
  }
});
