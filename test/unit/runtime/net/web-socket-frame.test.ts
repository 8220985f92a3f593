import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { OPCODE, webSocketFrame, webSocketTextFrame } from "../../../../runtime/net/web-socket-frame.ts";

// ws exports its parser, but its type declarations do not know.
const { Receiver } = createRequire(import.meta.url)("ws") as {
  Receiver: new (options: { isServer: boolean }) => Writable;
};

/** RFC 6455, section 5.2: the length takes 7 bits, or 16 behind them, or 64. */
function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** What a client's parser finds, with the bytes as Latin-1. */
function parsed(...chunks: readonly Buffer[]): [event: string, content: string][] {
  const found: [string, string][] = [];
  const receiver = new Receiver({ isServer: false });
  receiver.on("message", (bytes: Buffer, binary: boolean) =>
    found.push([binary ? "binary" : "text", bytes.toString("latin1")]),
  );
  receiver.on("ping", (bytes: Buffer) => found.push(["ping", bytes.toString("latin1")]));
  receiver.on("pong", (bytes: Buffer) => found.push(["pong", bytes.toString("latin1")]));
  receiver.on("error", (error: Error) => found.push(["error", error.message]));
  for (const chunk of chunks) receiver.write(chunk);
  return found;
}

describe("a WebSocket frame", () => {
  // The length takes 7 bits, 16 bits or 64 bits; around each border.
  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
    it(`of ${length} bytes is understood by ws, and has the shortest header`, () => {
      const payload = Buffer.alloc(length, "x");
      const header = headerBytes(length);
      const binary = webSocketFrame(OPCODE.binary, payload);
      const text = webSocketTextFrame("x".repeat(length));
      assert.deepEqual([binary.length, text.length], [header + length, header + length]);
      const content = payload.toString();
      assert.deepEqual(parsed(binary), [["binary", content]]);
      assert.deepEqual(parsed(text), [["text", content]]);
    });
  }

  it("holds any text as UTF-8, also half characters, which arrive as the sign for that", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const expected = Buffer.from(text).toString("latin1");
        assert.deepEqual(parsed(webSocketTextFrame(text)), [["text", expected]]);
      }),
    );
    assert.deepEqual(parsed(webSocketTextFrame("a\ud800")), [
      ["text", Buffer.from("a\ufffd").toString("latin1")],
    ]);
  });

  it("is the same for a text and for its bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        assert.deepEqual(webSocketTextFrame(text), webSocketFrame(OPCODE.text, Buffer.from(text)));
      }),
    );
  });

  it("may ask for a sign of life, or give one", () => {
    const ping = webSocketFrame(OPCODE.ping, Buffer.alloc(0));
    const pong = webSocketFrame(OPCODE.pong, Buffer.from("echo"));
    assert.deepEqual(parsed(ping, pong), [
      ["ping", ""],
      ["pong", "echo"],
    ]);
  });

  it("ends where the next one begins", () => {
    const frames = ["one", "", "x".repeat(70_000), "two"].map(webSocketTextFrame);
    assert.deepEqual(
      parsed(Buffer.concat(frames)).map(([, content]) => content.length),
      [3, 0, 70_000, 3],
    );
  });
});
