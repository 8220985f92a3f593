import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { CLIENT_FRAMES, SERVER_FRAMES } from "../../../../protocols/client-frames.ts";
import type { ClientFrame } from "../../../../protocols/client-frames.ts";
import { FRAME_DEPTH_MAX, frameCodec } from "../../../../runtime/codec/frame-codec.ts";
import type { FrameCodec } from "../../../../runtime/codec/frame-codec.ts";

const json = frameCodec("json", CLIENT_FRAMES);
const msgpack = frameCodec("msgpack", CLIENT_FRAMES);

const PLAIN = { noNullPrototype: true } as const;
const room = fc.constantFrom("chat/lobby", "live/final", "chat/大厅");
const id = fc.nat();
// What JSON and msgpack both keep: -0 is 0 in JSON, and msgpackr renames this one key.
const data = fc
  .jsonValue({ maxDepth: 5 })
  .filter((value) => !JSON.stringify(value).includes("__proto__"))
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const position = fc.record({ epoch: fc.string(), offset: fc.nat() }, PLAIN);
const frames: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({ kind: fc.constant("hello" as const), version: fc.constant(1 as const) }, PLAIN),
  fc.record(
    { kind: fc.constant("subscribe" as const), id, room, recover: position },
    { ...PLAIN, requiredKeys: ["kind", "id", "room"] },
  ),
  fc.record({ kind: fc.constant("publish" as const), id, room, data }, PLAIN),
  fc.record(
    { kind: fc.constant("call" as const), id, route: fc.string(), action: fc.string(), body: data },
    PLAIN,
  ),
);

function refusalOf(
  codec: FrameCodec<unknown>,
  bytes: Buffer | string,
): { code: string; field?: string; id?: number } {
  const decoded = codec.decode(bytes);
  assert.ok(!decoded.ok, "was understood");
  const { text: _text, ...rest } = decoded.refusal;
  return rest;
}

const packed = (value: unknown): Buffer => Buffer.from(new Packr({ useRecords: false }).pack(value));

describe("a client frame on the wire", () => {
  it("is the same after it was written and read, in both formats", () => {
    for (const codec of [json, msgpack]) {
      fc.assert(
        fc.property(frames, (frame) =>
          assert.deepEqual(codec.decode(codec.encode(frame)), { ok: true, frame }),
        ),
      );
    }
  });

  it("is understood as text and as bytes when it is JSON", () => {
    const text = '{"kind":"pong"}';
    assert.deepEqual(json.decode(text), { ok: true, frame: { kind: "pong" } });
    assert.deepEqual(json.decode(Buffer.from(text)), { ok: true, frame: { kind: "pong" } });
  });

  it("is refused by name when it is no JSON or no msgpack at all", () => {
    assert.equal(refusalOf(json, "{").code, "notJson");
    assert.equal(refusalOf(json, "").code, "notJson");
    assert.equal(refusalOf(json, Buffer.from([0x22, 0xc3, 0x28, 0x22])).code, "notUtf8");
    assert.equal(refusalOf(msgpack, Buffer.alloc(0)).code, "notMsgpack");
    assert.equal(refusalOf(msgpack, Buffer.from([0xc1])).code, "notMsgpack");
    assert.equal(refusalOf(msgpack, Buffer.from([0x80, 0x80])).code, "notMsgpack");
    assert.equal(refusalOf(msgpack, '{"kind":"pong"}').code, "notMsgpack");
  });

  it("is refused with its id, the field and the kind of mistake", () => {
    for (const [codec, write] of [
      [json, (value: unknown) => JSON.stringify(value)],
      [msgpack, packed],
    ] as const) {
      assert.deepEqual(refusalOf(codec, write([1])), { code: "notAnObject", field: "" });
      assert.deepEqual(refusalOf(codec, write({ kind: "jump", id: 7 })), {
        code: "unknownKind",
        field: "/kind",
        id: 7,
      });
      assert.deepEqual(refusalOf(codec, write({ kind: "publish", id: 7, room: "x", data: 1 })), {
        code: "invalidField",
        field: "/room",
        id: 7,
      });
      assert.deepEqual(refusalOf(codec, write({ kind: "publish", id: -1, room: "chat/a", data: 1 })), {
        code: "invalidField",
        field: "/id",
      });
    }
  });

  it("is refused when it nests too deep, before anything walks down", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const publish = (depth: number) => ({ kind: "publish", id: 1, room: "chat/a", data: nested(depth) });
    for (const [codec, write] of [
      [json, (value: unknown) => JSON.stringify(value)],
      [msgpack, packed],
    ] as const) {
      assert.ok(codec.decode(write(publish(FRAME_DEPTH_MAX - 1))).ok);
      assert.equal(refusalOf(codec, write(publish(FRAME_DEPTH_MAX))).code, "tooDeep");
    }
    assert.equal(refusalOf(json, "[".repeat(60_000) + "]".repeat(60_000)).code, "tooDeep");
    assert.equal(refusalOf(msgpack, Buffer.alloc(60_000, 0x91)).code, "tooDeep");
  });

  it("is refused when msgpack holds what JSON cannot say", () => {
    const body = (value: unknown) => packed({ kind: "publish", id: 1, room: "chat/a", data: value });
    for (const value of [Buffer.from("x"), new Date(0), new Map([[1, 2]])]) {
      assert.equal(refusalOf(msgpack, body(value)).code, "notMsgpack");
    }
    const records = Buffer.from(new Packr({ useRecords: true }).pack({ kind: "pong" }));
    assert.equal(refusalOf(msgpack, records).code, "notMsgpack");
  });

  it("reads 64-bit numbers as JSON would", () => {
    const text = (value: string) => [0xa0 + value.length, ...Buffer.from(value)];
    const bytes = Buffer.from([
      0x82,
      ...text("kind"),
      ...text("pong"),
      ...text("id"),
      0xcf,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
    ]);
    assert.deepEqual(refusalOf(msgpack, bytes), { code: "invalidField", field: "/id", id: 4_294_967_296 });
  });

  it("never makes the decoder throw, whatever bytes come", () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    for (const codec of [json, msgpack]) {
      fc.assert(
        fc.property(bytes, (random) => void codec.decode(random)),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(
          frames,
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          (frame, changes) => {
            const mutated = Buffer.from(codec.encode(frame));
            for (const [at, byte] of changes) mutated[at % mutated.length] = byte;
            void codec.decode(mutated);
          },
        ),
        { numRuns: 300 },
      );
    }
  });

  it("claims no memory for sizes that are only announced", () => {
    for (const head of [
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0xdf, 0x7f, 0xff, 0xff, 0xff],
      [0xdb, 0xff, 0xff, 0xff, 0xff],
      [0xdc, 0xff, 0xff],
    ]) {
      assert.equal(refusalOf(msgpack, Buffer.from(head)).code, "notMsgpack");
    }
  });
});

describe("a server frame on the wire", () => {
  it("can be read by any client of its format", () => {
    const frame = {
      kind: "publication",
      room: "live/final",
      offset: 9,
      from: "desk",
      data: { text: "goal" },
      facts: { home: 1 },
      atMs: 1.5,
    } as const;
    for (const format of ["json", "msgpack"] as const) {
      const codec = frameCodec(format, SERVER_FRAMES);
      assert.deepEqual(codec.decode(codec.encode(frame)), { ok: true, frame });
    }
  });
});
