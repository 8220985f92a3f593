import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineEvents } from "../../../../protocols/events.ts";
import { local } from "../../../../protocols/reference.ts";
import { RecordCodec } from "../../../../runtime/codec/record-codec.ts";
import { SnapshotCodec } from "../../../../runtime/codec/snapshot-codec.ts";
import { AccountEvents } from "../../../support/account.ts";

/** What is stored stays readable for ever: these bytes may be added to, and never changed. */
const GOLDEN = {
  "a record":
    "82a17602a16592 82a46b696e64a66f70656e6564a56f776e6572a3416e61 82a46b696e64a96465706f7369746564a6616d6f756e740c",
  "a delivered record":
    "83a17602a16591 82a46b696e64a96465706f7369746564a6616d6f756e740c a17292a66e6f64652d3107",
  "a snapshot": "83a17601a17392a3416e610c a1729192a66e6f64652d3107",
} as const;

const RECORDS = {
  "a record": {
    events: [
      { kind: "opened", owner: "Ana" },
      { kind: "deposited", amount: 12 },
    ],
  },
  "a delivered record": {
    events: [{ kind: "deposited", amount: 12 }],
    receipt: { sender: "node-1", seq: 7 },
  },
} as const;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (name: keyof typeof GOLDEN): Buffer => Buffer.from(GOLDEN[name].replaceAll(" ", ""), "hex");

describe("the bytes of an entity", () => {
  const codec = new RecordCodec(AccountEvents);

  for (const name of ["a record", "a delivered record"] as const) {
    it(`are the same for ever: ${name}`, () => {
      assert.equal(hex(codec.encode(RECORDS[name])), hex(bytesOf(name)));
      assert.deepEqual(codec.decode(bytesOf(name)), { ok: true, record: RECORDS[name] });
    });
  }

  it("are the same for ever: a snapshot", () => {
    const snapshot = { version: 1, data: ["Ana", 12], receipts: [["node-1", 7]] } as const;
    assert.equal(hex(new SnapshotCodec().encode(snapshot)), hex(bytesOf("a snapshot")));
    assert.deepEqual(new SnapshotCodec().decode(bytesOf("a snapshot")), snapshot);
  });

  it("are not made of an event that could not be read back", () => {
    const encode = (event: { readonly kind: string }) => () => codec.encode({ events: [event] });
    assert.throws(encode({ kind: "stolen" }), /account: "stolen" \/kind/);
    assert.throws(encode({ kind: "deposited" }), /account: "deposited" \/amount is missing/);
    assert.throws(
      encode({ kind: "closed", why: "?" } as never),
      /account: "closed" \/why is not allowed here/,
    );
  });

  it("are none of an event that holds values of one process", () => {
    const events = defineEvents({ name: "e", version: 1, events: { seen: { by: local<object>() } } });
    assert.throws(() => new RecordCodec(events), /e: "seen" holds values of one process/);
  });

  it("are refused in words when a step to the present version fails", () => {
    const events = defineEvents({
      name: "e",
      version: 2,
      events: { seen: { by: Type.String() } },
      upcast: {
        1: () => {
          throw new TypeError("no");
        },
      },
    });
    const old = new RecordCodec({ ...events, version: 1 }).encode({ events: [{ kind: "seen", by: "Ana" }] });
    assert.deepEqual(new RecordCodec(events).decode(old), {
      ok: false,
      text: '"seen" could not be lifted to 2',
    });
  });

  it("are no snapshot when they say something else", () => {
    for (const text of ["", "c1", "c0", "82a17601a173c0", "83a176a131a173c0a17290"]) {
      assert.equal(new SnapshotCodec().decode(Buffer.from(text, "hex")), undefined, text);
    }
  });
});

describe("the declaration of events", () => {
  it("is refused without a version, or without a step from each earlier one", () => {
    const declare = (version: number) => () => defineEvents({ name: "e", version, events: {} });
    assert.throws(declare(0), /e: version must be a positive integer, not 0/);
    assert.throws(declare(2), /e: no upcast from version 1/);
  });
});
