import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LENGTH_FRAMING, LINE_FRAMING } from "../../../../runtime/net/framing.ts";
import { OPCODE, webSocketFrame } from "../../../../runtime/net/web-socket-frame.ts";
import { tcpJson, webSocketJson, webSocketMsgpack } from "../../../../runtime/net/wire-format.ts";

const FRAME = { kind: "published", id: 1, offset: 2 } as const;
const JSON_BYTES = Buffer.from('{"kind":"published","id":1,"offset":2}');

describe("what a connection writes", () => {
  it("is JSON in text frames over WebSocket", () => {
    const format = webSocketJson();
    assert.deepEqual(format.frame(FRAME), webSocketFrame(OPCODE.text, JSON_BYTES));
    assert.deepEqual(format.text("höher"), webSocketFrame(OPCODE.text, Buffer.from("höher")));
  });

  it("is msgpack in binary frames when the client wants it, and plain text stays text", () => {
    const format = webSocketMsgpack(({ kind }) => Buffer.from([kind.length]));
    assert.deepEqual(format.frame(FRAME), webSocketFrame(OPCODE.binary, Buffer.from([9])));
    assert.deepEqual(format.text("text"), webSocketFrame(OPCODE.text, Buffer.from("text")));
  });

  it("is JSON in the port's framing over TCP", () => {
    for (const framing of [LENGTH_FRAMING, LINE_FRAMING]) {
      const format = tcpJson(framing);
      assert.deepEqual(format.frame(FRAME), framing.encode(JSON_BYTES));
      assert.deepEqual(format.text("höher"), framing.encode(Buffer.from("höher")));
    }
  });

  it("is one line on a line port, whatever stands in it", () => {
    const format = tcpJson(LINE_FRAMING);
    const notice = { kind: "notice", from: "a\nb\r\n", data: "\n\u2028\u0000", atMs: 0 } as const;
    const written = format.frame(notice);
    assert.equal(written.indexOf("\n"), written.length - 1);
    assert.deepEqual(JSON.parse(written.toString()), notice);
  });

  it("asks for a sign of life where the wire has such a thing", () => {
    const ping = webSocketFrame(OPCODE.ping, Buffer.alloc(0));
    assert.deepEqual([webSocketJson().ping(), webSocketMsgpack(() => JSON_BYTES).ping()], [ping, ping]);
    assert.equal(tcpJson(LINE_FRAMING).ping(), undefined);
  });

  it("has a name for operators", () => {
    const names = [
      webSocketJson(),
      webSocketMsgpack(() => JSON_BYTES),
      tcpJson(LINE_FRAMING),
      tcpJson(LENGTH_FRAMING),
    ];
    assert.deepEqual(
      names.map(({ name }) => name),
      ["webSocket json", "webSocket msgpack", "tcp line", "tcp length"],
    );
  });
});
