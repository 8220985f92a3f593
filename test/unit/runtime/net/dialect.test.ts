import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SUBPROTOCOLS } from "../../../../protocols/client-protocol.ts";
import { CLIENT_FRAMES } from "../../../../protocols/client-frames.ts";
import { frameCodec } from "../../../../runtime/codec/frame-codec.ts";
import { Dialects } from "../../../../runtime/net/dialect.ts";

const dialects = new Dialects();
const json = dialects.webSocket("v1", SUBPROTOCOLS.json);
const msgpack = dialects.webSocket("v1", SUBPROTOCOLS.msgpack);
const text = dialects.webSocket("text", "");
const ALL = {
  json,
  msgpack,
  text,
  "tcp line": dialects.tcp("v1", "line"),
  "tcp length": dialects.tcp("v1", "length"),
  "tcp text": dialects.tcp("text", "line"),
};

const pong = Buffer.from('{"kind":"pong"}');
const HEARD = { kind: "frame", frame: { kind: "pong" } };

describe("a dialect", () => {
  it("never throws, whatever a client sends, and says something to the connection of everything", () => {
    const valid = fc.constantFrom(
      pong,
      Buffer.from('{"kind":"publish","id":1,"room":"chat/a","data":{"a":[1,2]}}'),
      Buffer.from(frameCodec("msgpack", CLIENT_FRAMES).encode({ kind: "pong" })),
    );
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    const changed = fc.tuple(valid, fc.nat(60), fc.integer({ min: 0, max: 255 })).map(([bytes, at, to]) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = to;
      return copy;
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(ALL)),
        fc.oneof(noise, changed),
        fc.boolean(),
        (dialect, bytes, binary) => {
          assert.match(dialect.read(bytes, binary).kind, /^(frame|text|malformed)$/);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("is one object for all who write alike, so that a broadcast is encoded once for them", () => {
    assert.equal(dialects.webSocket("v1", ""), json);
    assert.equal(dialects.webSocket("text", "").format, json.format);
    assert.equal(dialects.tcp("text", "line").format, dialects.tcp("v1", "line").format);
    assert.equal(
      new Set([json, msgpack, ALL["tcp line"], ALL["tcp length"]].map(({ format }) => format)).size,
      4,
    );
  });

  it("of JSON refuses a binary frame, by name", () => {
    for (const dialect of [json, text]) {
      const said = dialect.read(pong, true);
      assert.equal(said.kind === "malformed" && said.refusal.code, "binaryOnText");
    }
    assert.deepEqual(json.read(pong, false), HEARD);
  });

  it("of msgpack refuses a text frame, by name", () => {
    const packed = frameCodec("msgpack", CLIENT_FRAMES).encode({ kind: "pong" });
    assert.deepEqual(msgpack.read(packed, true), HEARD);
    assert.equal(msgpack.read(pong, false).kind, "malformed");
  });

  it("of plain text takes any text as it is", () => {
    assert.deepEqual(text.read(Buffer.from("{no JSON"), false), { kind: "text", text: "{no JSON" });
    assert.deepEqual(text.read(Buffer.alloc(0), false), { kind: "text", text: "" });
  });

  it("over TCP refuses bytes that are no UTF-8", () => {
    const broken = Buffer.concat([
      Buffer.from('{"kind":"hello","version":1,"name":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const said = ALL["tcp line"].read(broken, false);
    assert.equal(said.kind, "malformed");
  });
});
