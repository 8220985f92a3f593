import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DoneRequest } from "../../../../runtime/codec/done-request.ts";
import { isFault } from "../../../../runtime/fault.ts";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { RECORD_BYTES_MAX } from "../../../../runtime/persistence/journal-limits.ts";
import { withReply } from "../../../../runtime/sharding/once-only.ts";
import { REPLY_BYTES_MAX, REQUEST_KEPT_MS, Requests } from "../../../../runtime/sharding/requests.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const ANA = { type: "account", id: "ana" } as const;

/** Sends a deposit as a request, and answers what became of it: the balance, the kind of the answer, or the code of the fault. */
const request = (world: EntityWorld, name: string, amount: number, digest = `amount ${amount}`) => {
  const message = { kind: "deposit", amount } as const;
  const outcome = world.host
    .request(ANA, message, { request: { name, digest }, deadlineMs: 5_000 })
    .then(({ kind, balance }) => (kind === "balance" ? (balance as number) : kind))
    .catch((error: unknown) => (error as { readonly code: string }).code);
  return world.virtual.settle().then(() => outcome);
};

describe("a request with a name", () => {
  it("has one effect and one answer however often it comes, also while the first is on its way to the journal", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const [first, again] = [request(world, "a", 5), request(world, "a", 5)];
    await world.virtual.settle();
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual([await first, await again], [5, 5]);
    assert.equal(await request(world, "b", 2), 7);
    assert.equal(await request(world, "a", 5), 5, "the answer of then, not of now");
  });

  it("is refused when it asks for something else under a name that is known", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    assert.equal(await request(world, "a", 5), 5);
    assert.equal(await request(world, "a", 6), "requestDiffers");
    assert.equal(await request(world, "b", 1), 6);
  });

  it("is known again after a replay and after a snapshot", async () => {
    let world = new EntityWorld();
    await world.open("ana");
    assert.equal(await request(world, "a", 5), 5);
    world = await world.reborn();
    assert.equal(await request(world, "a", 5), 5);
    for (let count = 0; count < 8; count++) await request(world, `more ${count}`, 1);
    assert.ok(world.journal.snapshots.length > 0);
    world = await world.reborn();
    assert.equal(await request(world, "a", 5), 5);
    assert.equal(await request(world, "b", 1), 14);
  });

  it("is decided anew when it has had no effect, and when it was not stored", async () => {
    const world = new EntityWorld();
    assert.equal(await request(world, "a", 5), "refused", "there is no account yet");
    await world.open("ana");
    world.journal.fates.push("failed");
    assert.equal(await request(world, "a", 5), "notStored");
    await world.virtual.advance(1_000);
    assert.equal(await request(world, "a", 5), 5);
  });

  it("that is only told is answered once it is taken in", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    const observer = world.virtual.spawn("observer");
    const message = { kind: "tellOf", observer, amount: 3 } as const;
    const by = { request: { name: "told", digest: "3" }, deadlineMs: 5_000 };
    for (let count = 0; count < 2; count++) {
      const answer = world.host.request(ANA, message, by);
      await world.virtual.settle();
      assert.deepEqual(await answer, { kind: "taken" });
    }
    assert.equal(await request(world, "more", 1), 4);
  });

  it("to entities that nobody offers is a fault", () => {
    const world = new EntityWorld();
    const by = { request: { name: "a", digest: "" }, deadlineMs: 5_000 };
    assert.throws(
      () => world.host.request({ type: "nobody", id: "x" }, { kind: "deposit" }, by),
      (error) => isFault(error, "addressInvalid"),
    );
  });
});

describe("the requests that an entity knows", () => {
  const done = (name: string, atMs: number, reply?: DoneRequest["reply"]): DoneRequest => ({
    name,
    digest: "",
    atMs,
    ...(reply === undefined ? {} : { reply }),
  });

  it("are forgotten after a day", () => {
    const requests = new Requests([done("a", 1_000)]);
    assert.notEqual(requests.find("a", 1_000 + REQUEST_KEPT_MS - 1), undefined);
    assert.equal(requests.find("a", 1_000 + REQUEST_KEPT_MS), undefined);
    requests.add(done("b", 1_000 + REQUEST_KEPT_MS));
    assert.equal(requests.size, 1);
  });

  it("are at most 1,000, and so are the bytes of their answers; a dropped answer is not a forgotten request", () => {
    const requests = new Requests();
    for (let count = 0; count < 1_100; count++) requests.add(done(`r${count}`, count));
    assert.deepEqual([requests.size, requests.find("r99", 2_000)], [1_000, undefined]);
    const text = "x".repeat(16_000);
    for (let count = 0; count < 30; count++) {
      requests.add(done(`large${count}`, 2_000, { kind: "said", text }));
    }
    assert.equal(requests.find("large0", 2_000)?.reply, undefined);
    assert.notEqual(requests.find("large0", 2_000), undefined);
    assert.notEqual(requests.find("large29", 2_000)?.reply, undefined);
  });

  it("keep an answer only if it has room in the record, and count its bytes and not its letters", () => {
    const record = { events: [], request: done("a", 1) };
    const [protocol, room] = [
      defineProtocol({ name: "said", version: 1 }),
      RECORD_BYTES_MAX - REPLY_BYTES_MAX,
    ];
    const isKept = (text: string, bytes: number): boolean =>
      withReply(record, { kind: "said", text }, { protocol, bytes }).request?.reply !== undefined;
    assert.deepEqual([isKept("b", 100), isKept("b", room - 1), isKept("b", room)], [true, true, false]);
    assert.deepEqual([isKept("b".repeat(6_000), 100), isKept("界".repeat(6_000), 100)], [true, false]);
  });

  it("are the same after they were written and read", () => {
    const one = fc.record({
      name: fc.nat(1_200).map(String),
      atMs: fc.nat(3),
      size: fc.option(fc.nat(16_000), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 1_500, size: "max" }), (sent) => {
        const requests = new Requests();
        for (const { name, atMs, size } of sent) {
          requests.add(
            done(name, atMs, size === undefined ? undefined : { kind: "x", text: "y".repeat(size) }),
          );
        }
        assert.deepEqual(new Requests(requests.entries()).entries(), requests.entries());
      }),
      { numRuns: 20 },
    );
  });
});
