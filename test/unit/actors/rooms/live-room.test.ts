import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { POST_IDS_MAX } from "../../../../actors/rooms/post-ids.ts";
import type { LiveRoomProtocol } from "../../../../protocols/live-room.ts";
import type { Reply } from "../../../../protocols/protocol.ts";
import { OWNER } from "../../../support/entity-world.ts";
import { LiveRoomWorld } from "../../../support/live-room-world.ts";

const AT_ONCE = 200;

/** The entity alone, without a room before it. */
function entityOf(world: LiveRoomWorld) {
  const entity = world.entities.entity("final");
  type Post = {
    readonly data?: unknown;
    readonly facts?: Record<string, unknown>;
    readonly id?: string;
    readonly epoch?: string;
  };
  const settled = async <T>(asked: Promise<T>): Promise<T> => {
    await world.virtual.settle();
    return asked;
  };
  return {
    post: (post: Post = {}): Promise<Reply<LiveRoomProtocol, "post">> =>
      settled(world.virtual.ask(entity, { kind: "post", from: "desk", data: "goal", epoch: "e1", ...post })),
    stand: () => settled(world.virtual.ask(entity, { kind: "stand" })),
  };
}

describe("the entity of a live room", () => {
  it("numbers what is posted, in the epoch that came with the first of it", async () => {
    const { post, stand } = entityOf(new LiveRoomWorld());
    assert.deepEqual(await stand(), { kind: "standing", offset: 0, facts: {} });
    const atMs = (await post()) as { atMs?: number };
    assert.equal(atMs.atMs, 0);
    assert.deepEqual(await post({ epoch: "e2" }), { kind: "stored", epoch: "e1", offset: 2, atMs: 0 });
    assert.deepEqual(await stand(), { kind: "standing", epoch: "e1", offset: 2, facts: {} });
  });

  it("stores each post as one record, whose version is the offset", async () => {
    const world = new LiveRoomWorld();
    const { post } = entityOf(world);
    for (let count = 1; count <= 3; count++) await post({ data: count });
    const records = await world.journal.read(
      { type: "live-room", id: "final" },
      { fromVersion: 2, limit: 9 },
    );
    assert.deepEqual(
      records.map(({ version }) => version),
      [2, 3],
    );
    const read = await world.findStore("live/final")?.read(2, 9);
    assert.deepEqual(read, [
      { room: "live/final", offset: 2, from: "desk", data: 2, atMs: 0 },
      { room: "live/final", offset: 3, from: "desk", data: 3, atMs: 0 },
    ]);
  });

  it("is read whole where a journal answers with fewer records than are asked for", async () => {
    const world = new LiveRoomWorld();
    const { post } = entityOf(world);
    for (let count = 1; count <= 5; count++) await post({ data: count });
    const { stored } = world.journal;
    world.journal.read = (entity, page) => stored.read(entity, { ...page, limit: Math.min(page.limit, 2) });
    const publications = await world.findStore("live/final")?.read(2, 3);
    assert.deepEqual(
      publications?.map(({ offset }) => offset),
      [2, 3, 4],
    );
  });

  it("is read as far as it is there where its beginning is gone", async () => {
    const world = new LiveRoomWorld();
    const { post } = entityOf(world);
    for (let count = 1; count <= 5; count++) await post({ data: count });
    const entity = { type: "live-room", id: "final" };
    const bytes = new Uint8Array();
    await world.journal.stored.snapshot({ entity, owner: OWNER, version: 5, bytes, keepFrom: 4 });
    const store = world.findStore("live/final");
    assert.deepEqual(
      (await store?.read(1, 4))?.map(({ offset }) => offset),
      [4],
    );
    assert.deepEqual(await store?.read(1, 3), []);
  });

  it("knows what is known by it, and refuses what would be too much", async () => {
    const { post, stand } = entityOf(new LiveRoomWorld());
    await post({ facts: { home: 0, away: 0 } });
    await post({ facts: { home: 1 } });
    const many = Object.fromEntries(Array.from({ length: 63 }, (_, index) => [`fact ${index}`, 1]));
    const refused = await post({ facts: many });
    assert.deepEqual([refused.kind, refused.kind === "refused" && refused.code], ["refused", "tooManyFacts"]);
    const large = await post({ data: "x".repeat(17_000) });
    assert.deepEqual([large.kind, large.kind === "refused" && large.field], ["refused", "/data"]);
    const { facts, offset } = await stand();
    assert.deepEqual([facts, offset], [{ home: 1, away: 0 }, 2]);
  });

  it("takes what has an id once, also in the next process", async () => {
    const world = new LiveRoomWorld();
    const { post } = entityOf(world);
    await post({ id: "desk:1" });
    await post({ id: "desk:2" });
    const repeated = { kind: "repeated", epoch: "e1", offset: 1 };
    assert.deepEqual(await post({ id: "desk:1", data: "another" }), repeated);
    const next = world.killed();
    assert.deepEqual(await entityOf(next).post({ id: "desk:1" }), repeated);
    assert.equal((await next.stored()).length, 2);
  });

  it("remembers so many ids, and no more", async () => {
    const world = new LiveRoomWorld();
    const { post } = entityOf(world);
    const ids = Array.from({ length: POST_IDS_MAX + 1 }, (_, index) => `desk:${index + 1}`);
    while (ids.length > 0) await Promise.all(ids.splice(0, AT_ONCE).map((id) => post({ id })));
    assert.equal((await post({ id: "desk:2" })).kind, "repeated");
    assert.equal((await post({ id: "desk:1" })).kind, "stored");
  });

  it("keeps its whole history behind its snapshots, and comes back from one", async () => {
    const world = new LiveRoomWorld();
    const { post } = entityOf(world);
    for (let count = 1; count <= 1_001; count++) await post({ data: count, id: `desk:${count}` });
    assert.equal(world.journal.snapshots.length, 1);
    const next = world.killed();
    assert.equal((await next.stored()).length, 1_001);
    const { post: postNext } = entityOf(next);
    assert.deepEqual(await postNext({ id: "desk:7" }), { kind: "repeated", epoch: "e1", offset: 7 });
    assert.equal((await postNext()).kind === "stored" && (await next.stored()).length, 1_002);
  });
});
