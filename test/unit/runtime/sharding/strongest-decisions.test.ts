import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineEvents } from "../../../../protocols/events.ts";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { defineEntity } from "../../../../runtime/actor/define-entity.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const ShelfProtocol = defineProtocol({
  name: "shelf",
  version: 1,
  ask: {
    put: { request: { number: Type.Integer() }, reply: { kept: {} } },
    dust: { request: {}, reply: { dusted: {} } },
  },
});

/** Keeps what somebody else forgets once it is kept. */
const Shelf = defineEntity({
  protocol: ShelfProtocol,
  events: defineEvents({
    name: "shelf",
    version: 1,
    events: { put: { number: Type.Integer() }, dusted: {} },
  }),
  initialState: () => ({ latest: 0 }),
  decide: {
    put: ({ latest }, { number }) => ({
      events: number > latest ? [{ kind: "put", number }] : [],
      durability: "strongest",
      reply: { kind: "kept" },
    }),
    dust: (_state) => ({ events: [{ kind: "dusted" }], reply: { kind: "dusted" } }),
  },
  evolve: { put: (state, { number }) => void (state.latest = number), dusted: () => {} },
});

function begin(world = new EntityWorld()) {
  const { journal, virtual, host } = world;
  const shelf = host.offer(Shelf).entity("s");
  const put = async (number: number): Promise<string> => {
    const asked = virtual.ask(shelf, { kind: "put", number });
    const outcome = asked.then(
      ({ kind }) => kind,
      (error: unknown) => (error instanceof Fault ? error.code : "failed"),
    );
    await virtual.settle();
    // What has failed begins anew a moment later.
    for (let times = 0; times < 4; times++) await virtual.advance(1_000);
    return outcome;
  };
  /** Of each append, whether it was to be as durable as can be. */
  const asked = (): (boolean | undefined)[] => journal.appends.map(({ isStrongest }) => isStrongest);
  return { world, journal, virtual, shelf, put, asked };
}

describe("a decision that is to be as durable as can be", () => {
  it("says so of its record, beside what its type asks", async () => {
    const { journal, put } = begin();
    assert.equal(await put(1), "kept");
    assert.deepEqual(
      journal.appends.map(({ durability, isStrongest }) => [durability, isStrongest]),
      [["fsync", true]],
    );
  });

  it("without events stores a record where that of before may not be so durable: it was stored, and its append has failed", async () => {
    const { journal, put, asked } = begin();
    journal.fates.push("storedUnheard");
    assert.equal(await put(1), "notStored");
    assert.equal(await put(1), "kept");
    assert.deepEqual(asked(), [true, true]);
    assert.equal(await put(1), "kept");
    assert.deepEqual(asked(), [true, true], "all is known to be stored");
  });

  it("is not answered before that record is stored", async () => {
    const { journal, put, asked } = begin();
    journal.fates.push("storedUnheard", "failed");
    assert.equal(await put(1), "notStored");
    assert.equal(await put(1), "notStored");
    assert.equal(await put(1), "kept");
    assert.deepEqual(asked(), [true, true, true]);
  });

  it("without events stores a record after one that was less durable", async () => {
    const { virtual, shelf, put, asked } = begin();
    await put(1);
    const dusted = virtual.ask(shelf, { kind: "dust" });
    await virtual.settle();
    await dusted;
    assert.equal(await put(1), "kept");
    assert.equal(await put(1), "kept");
    assert.deepEqual(asked(), [true, false, true]);
  });
});
