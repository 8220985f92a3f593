import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FOLLOW } from "../../../../actors/rooms/following.ts";
import { WAITING_MAX } from "../../../../actors/rooms/live-room.ts";
import { STORE_AGAIN_MS, STORE_WITHIN_MS } from "../../../../actors/rooms/storing.ts";
import { TRY_EVERY_MS } from "../../../../runtime/sharding/room-left.ts";
import { LiveRoomWorld } from "../../../support/live-room-world.ts";

const ROOM = "live/final";

/** A live room with somebody in it, and the same one at another node. */
async function twoNodes() {
  const world = new LiveRoomWorld({ isShared: true });
  const room = await world.open();
  // Another moment, another name for its numbering.
  await world.virtual.advance(5);
  const elsewhere = await world.openElsewhere();
  const { epoch } = await world.join(room);
  return { world, room, elsewhere, epoch };
}

/** How much the owner of the order has been asked or told since the last call. */
function countHandled({ entities }: LiveRoomWorld): () => number {
  let before = 0;
  return () => {
    const handled = entities.presentCell("final")?.handled ?? 0;
    const since = handled - before;
    before = handled;
    return since;
  };
}

describe("a live room that is open at two nodes", () => {
  it("shows at both what is posted at one, in one order", async () => {
    const { world, room, elsewhere } = await twoNodes();
    assert.equal(await world.posted(room, "here"), 1);
    world.frames();
    assert.equal(await world.posted(room, "here again", { facts: { home: 1 } }), 2);
    assert.equal(await world.posted(elsewhere, "there"), 3);
    assert.equal(await world.posted(room, "here"), 4);
    assert.deepEqual(world.heard(), ["here again", "there", "here"]);
    assert.deepEqual((await world.join(room, { id: "2" })).facts, { home: 1 });
  });

  it("shows each publication once, however they cross", async () => {
    const { world, room, elsewhere } = await twoNodes();
    await world.posted(room, "first");
    world.heard();
    const posting = Array.from({ length: 100 }, (_, index) =>
      world.post(index % 2 === 0 ? room : elsewhere, index),
    );
    await world.virtual.settle();
    const offsets = await Promise.all(posting);
    const inOrder = offsets
      .map((offset, index) => ({ offset: Number(offset), index }))
      .toSorted((one, other) => one.offset - other.offset);
    assert.deepEqual(
      world.heard(),
      inOrder.map(({ index }) => index),
    );
  });

  it("goes on hearing of the other as long as somebody is there, also of what it was not told", async () => {
    const { world, room, elsewhere } = await twoNodes();
    await world.posted(room, "first");
    await world.virtual.advance(10 * FOLLOW.minMs);
    await world.posted(elsewhere, "late");
    assert.deepEqual(world.heard(), ["first", "late"]);
    if (world.air !== undefined) world.air.isDeaf = true;
    await world.posted(elsewhere, "lost on its way");
    assert.deepEqual(world.heard(), []);
    await world.virtual.advance(FOLLOW.minMs);
    assert.deepEqual(world.heard(), ["lost on its way"]);
  });

  it("asks how far the other is ever less often while nothing is missed, and not at all while it hears what is said", async () => {
    const { world, room } = await twoNodes();
    const handled = countHandled(world);
    handled();
    await world.virtual.advance(600_000);
    const quiet = handled();
    const least = 600_000 / FOLLOW.maxMs;
    assert.ok(quiet >= least - 2 && quiet <= least + 4, `${quiet} questions in ten minutes`);
    for (let count = 0; count < 100; count++) {
      await world.posted(room, count);
      await world.virtual.advance(FOLLOW.minMs - 1);
    }
    // Each post, and that it is stored.
    assert.ok(handled() <= 202, "whatever comes shows that nothing before it is missing");
  });

  it("reads before long what another node knows of that it was not told", async () => {
    const { world, room, elsewhere } = await twoNodes();
    await world.join(elsewhere, { id: "2", channel: `${ROOM} elsewhere` });
    await world.posted(room, "first");
    await world.virtual.advance(20 * FOLLOW.maxMs);
    world.frames();
    if (world.air !== undefined) world.air.isDeaf = true;
    await world.posted(elsewhere, "lost on its way");
    if (world.air !== undefined) world.air.isDeaf = false;
    world.virtual.tell(elsewhere, { kind: "leave", member: "2" });
    await world.virtual.advance(FOLLOW.minMs + 500);
    assert.deepEqual(world.heard(), ["lost on its way"]);
  });

  for (const fate of ["failed", "storedUnheard"] as const) {
    it(`says once what could not be stored at first (${fate}), and what was said after it comes after it`, async () => {
      const { world, room } = await twoNodes();
      world.frames();
      world.journal.fates.push(fate);
      const first = world.post(room, "first");
      await world.virtual.settle();
      assert.deepEqual(world.heard(), []);
      const second = world.post(room, "second");
      await world.virtual.advance(STORE_AGAIN_MS);
      assert.deepEqual(await Promise.all([first, second]), [1, 2]);
      assert.deepEqual(world.heard(), ["first", "second"]);
      assert.deepEqual(await world.stored(), ["first", "second"]);
    });
  }

  it("says at once that there is no room left, and gives up what cannot be stored for long", async () => {
    const { world, room } = await twoNodes();
    world.journal.fates.push("full");
    assert.equal(await world.posted(room, "first"), "storageFull");
    const soon = world.post(room, "as soon");
    await world.virtual.advance(TRY_EVERY_MS / 2);
    assert.equal(await soon, "storageFull", "without another try");
    await world.virtual.advance(TRY_EVERY_MS);
    world.journal.fates.push(...Array.from({ length: 100 }, () => "failed" as const));
    const post = { kind: "post", from: "desk", data: "second" } as const;
    const second = world.virtual.ask(room, post, { deadlineMs: 2 * STORE_WITHIN_MS });
    await world.virtual.advance(STORE_WITHIN_MS);
    const end = await second;
    assert.equal(end.kind === "refused" && end.code, "notStored");
  });

  it("keeps no more than so much while nothing can be stored, and loses nothing of that", async () => {
    const { world, room } = await twoNodes();
    world.journal.fates.push("failed");
    const posts = Array.from({ length: WAITING_MAX }, (_, index) => world.post(room, index));
    await world.virtual.settle();
    assert.equal(await world.posted(room, "one too many"), "notStored");
    await world.virtual.advance(STORE_AGAIN_MS);
    await Promise.all(posts);
    assert.equal((await world.stored()).includes("one too many"), false);
  });

  it("is in the epoch of the one in which something was posted first, and who was in the other comes anew", async () => {
    const { world, room, elsewhere, epoch } = await twoNodes();
    assert.equal(await world.posted(elsewhere, "first"), 1);
    const kinds = world.frames().map(({ kind }) => kind);
    assert.deepEqual(kinds, ["skipped", "publication"]);
    const frame = await world.join(room, { recover: { epoch, offset: 0 } });
    assert.notEqual(frame.epoch, epoch);
    assert.deepEqual([frame.recovered, frame.publications.length], [true, 1]);
    assert.equal(await world.posted(room, "second"), 2);
  });

  it("hears nothing more when nobody is there", async () => {
    const { world, room } = await twoNodes();
    assert.equal(world.air?.heardBy(ROOM), 1);
    world.virtual.tell(room, { kind: "leave", member: "1" });
    await world.virtual.settle();
    assert.equal(world.air?.heardBy(ROOM), 0);
  });
});
