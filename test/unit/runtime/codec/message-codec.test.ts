import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Packr } from "msgpackr";
import Type from "typebox";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { reference } from "../../../../protocols/reference.ts";
import { MessageCodec } from "../../../../runtime/codec/message-codec.ts";

const Ledger = defineProtocol({
  name: "ledger",
  version: 3,
  tell: { book: { cents: Type.Integer(), currency: Type.String() }, follow: { by: reference() } },
  ask: { total: { request: {}, reply: { totalled: { cents: Type.Integer() } } } },
  self: { closed: {} },
  upcast: {
    1: (message) =>
      message.kind === "clear"
        ? undefined
        : { ...message, cents: Math.round(Number(message["euros"]) * 100), euros: undefined },
    2: ({ kind, cents, currency }) => ({
      kind,
      cents,
      currency: (currency as string | null)?.toUpperCase() ?? "EUR",
    }),
  },
});

const codecs = { json: new MessageCodec("json", [Ledger]), msgpack: new MessageCodec("msgpack", [Ledger]) };

function read(envelope: unknown): { code?: string; text?: string; field?: string; message?: unknown } {
  const [json, msgpack] = [
    codecs.json.decode(Buffer.from(JSON.stringify(envelope))),
    codecs.msgpack.decode(Buffer.from(new Packr({ useRecords: false }).pack(envelope))),
  ];
  assert.deepEqual(json, msgpack, "both formats say the same");
  return json.ok ? { message: json.message } : json.refusal;
}

const book = (version: number, fields: object) =>
  read({ protocol: "ledger", version, message: { kind: "book", ...fields } });

describe("a message in an envelope", () => {
  it("comes back as it was, with its protocol", () => {
    for (const codec of Object.values(codecs)) {
      const message = { kind: "book", cents: 5, currency: "CNY" };
      assert.deepEqual(codec.decode(codec.encode(Ledger, message)), { ok: true, protocol: Ledger, message });
    }
  });

  it("is lifted step by step from the version it was written in, then checked", () => {
    assert.deepEqual(book(1, { euros: 1.5 }), { message: { kind: "book", cents: 150, currency: "EUR" } });
    assert.deepEqual(book(2, { cents: 7, currency: "cny" }), {
      message: { kind: "book", cents: 7, currency: "CNY" },
    });
    assert.equal(book(2, { cents: "7" }).field, "/cents");
  });

  it("is refused by name when its version is newer than this node", () => {
    const refusal = book(4, { cents: 1 });
    assert.equal(refusal.code, "newerVersion");
    assert.equal(refusal.text, "ledger 4 is newer than 3, the latest that this node knows");
  });

  it("is refused when its protocol is unknown or its kind has no counterpart any more", () => {
    assert.equal(
      read({ protocol: "lodger", version: 1, message: { kind: "book" } }).text,
      'protocol "lodger" is not known here',
    );
    const retired = read({ protocol: "ledger", version: 1, message: { kind: "clear" } });
    assert.deepEqual(
      [retired.code, retired.text],
      ["retiredMessage", 'ledger 1: "clear" has no counterpart in 2'],
    );
  });

  it("is refused when an older message is too broken to be lifted", () => {
    assert.equal(book(2, { cents: 1, currency: 5 }).code, "notLiftable");
  });

  it("is refused when it is what an actor says only to itself, or holds what does not travel", () => {
    assert.equal(read({ protocol: "ledger", version: 3, message: { kind: "closed" } }).code, "unknownKind");
    assert.equal(
      read({ protocol: "ledger", version: 3, message: { kind: "follow", by: {} } }).code,
      "localOnly",
    );
    assert.throws(() => codecs.json.encode(Ledger, { kind: "follow", by: {} }), TypeError);
  });

  it("is refused when it is no envelope", () => {
    assert.equal(read([]).code, "notAnEnvelope");
    assert.equal(
      read({ protocol: "ledger", version: 0, message: { kind: "book" } }).text,
      "envelope: /version must be at least 1",
    );
    assert.equal(codecs.json.decode(Buffer.from("{")).ok, false);
  });

  it("never makes the decoder throw, whatever bytes come", () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const noise = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    for (const codec of Object.values(codecs)) {
      const valid = codec.encode(Ledger, { kind: "book", cents: 5, currency: "CNY" });
      fc.assert(
        fc.property(bytes, (random) => void codec.decode(random)),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(noise, (changes) => {
          const mutated = Buffer.from(valid);
          for (const [at, byte] of changes) mutated[at % mutated.length] = byte;
          void codec.decode(mutated);
        }),
        { numRuns: 300 },
      );
    }
  });
});
