import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import type { Protocol } from "../../../../protocols/protocol.ts";
import { local, reference } from "../../../../protocols/reference.ts";
import type { AnyReference } from "../../../../protocols/reference.ts";
import { TravelCodec } from "../../../../runtime/codec/travel-codec.ts";
import { isFault } from "../../../../runtime/fault.ts";

const Early = defineProtocol({
  name: "desk",
  version: 1,
  tell: { call: { who: Type.String() }, retired: {} },
  ask: { find: { request: {}, reply: { found: { place: Type.String() }, lost: {} } } },
});
const Desk = defineProtocol({
  name: "desk",
  version: 2,
  tell: {
    call: { name: Type.String(), by: Type.Optional(reference<Protocol>()) },
    many: { all: Type.Array(Type.Object({ by: reference<Protocol>(), note: Type.String() })) },
    here: { what: local<object>() },
    either: { one: Type.Union([Type.String(), reference<Protocol>()]) },
  },
  ask: { find: { request: {}, reply: { found: { place: Type.String() }, gone: {} } } },
  self: { due: {} },
  upcast: {
    1: (message) => {
      if (message.kind === "retired") return undefined;
      return "who" in message ? { kind: message.kind, name: message["who"] } : message;
    },
  },
});

const codec = new TravelCodec({
  write: ({ address }) => [address, "desk"],
  read: ([address]) => ({ address }) as AnyReference,
});
const at = (address: string) => ({ address }) as AnyReference;

describe("a message to another node", () => {
  it("comes through with its references, wherever they stand", () => {
    for (const message of [
      { kind: "call", name: "Ana", by: at("/a#1") },
      { kind: "call", name: "Ana" },
      {
        kind: "many",
        all: [
          { by: at("/a#1"), note: "x" },
          { by: at("/b#2"), note: "y" },
        ],
      },
    ]) {
      assert.deepEqual(codec.read(Desk, codec.write(Desk, message)), { ok: true, message });
    }
  });

  it("that holds what means nothing there is refused where it is written", () => {
    const refused = (kind: string) => (error: unknown) =>
      isFault(error, "cannotTravel") && error.details["kind"] === kind;
    assert.throws(() => codec.write(Desk, { kind: "here", what: {} }), refused("here"));
    assert.throws(() => codec.write(Desk, { kind: "either", one: "x" }), refused("either"));
    assert.throws(() => codec.write(Desk, { kind: "due" }), refused("due"));
  });

  it("of an earlier version is lifted, and one of a later version refused", () => {
    const early = codec.write(Early, { kind: "call", who: "Ana" });
    assert.deepEqual(codec.read(Desk, early), { ok: true, message: { kind: "call", name: "Ana" } });
    const later = codec.read(Early, codec.write(Desk, { kind: "call", name: "Ana" }));
    assert.equal(later.ok ? "" : later.refusal.code, "newerVersion");
    const retired = codec.read(Desk, codec.write(Early, { kind: "retired" }));
    assert.equal(retired.ok ? "" : retired.refusal.code, "retiredMessage");
  });

  it("whose reference is none is refused", () => {
    for (const by of ["/a#1", { address: "/a#1" }, [1, 2], null]) {
      const read = codec.read(Desk, {
        protocol: "desk",
        version: 2,
        message: { kind: "call", name: "Ana", by },
      });
      assert.equal(read.ok ? "" : read.refusal.code, "invalidField", JSON.stringify(by));
    }
  });

  it("is answered across versions, as far as both know the answer", () => {
    const found = { kind: "found", place: "left" };
    assert.deepEqual(codec.readReply(Early, "find", codec.writeReply(Desk, "find", found)), {
      ok: true,
      message: found,
    });
    assert.deepEqual(codec.readReply(Desk, "find", codec.writeReply(Early, "find", found)), {
      ok: true,
      message: found,
    });
    const gone = codec.readReply(Early, "find", codec.writeReply(Desk, "find", { kind: "gone" }));
    assert.equal(gone.ok ? "" : gone.refusal.code, "unknownKind");
  });
});
