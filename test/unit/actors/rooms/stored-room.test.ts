import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LOOK_AGAIN_MS } from "../../../../actors/rooms/following.ts";
import type { Reference } from "../../../../protocols/reference.ts";
import type { RoomProtocol } from "../../../../protocols/room.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { OWNER } from "../../../support/entity-world.ts";
import { LiveRoomWorld, WINDOW } from "../../../support/live-room-world.ts";
import { ROOM_SETTINGS } from "../../../support/open-room.ts";

const ENTITY = "/entities/live-room/final";

/** A live room with somebody in it. */
async function watched(world = new LiveRoomWorld()) {
  const room = await world.open();
  const { epoch } = await world.join(room);
  return { world, room, epoch };
}

async function postAll(world: LiveRoomWorld, room: Reference<RoomProtocol>, count: number): Promise<void> {
  for (let index = 1; index <= count; index++) assert.equal(await world.posted(room, index), index);
}

describe("a post to a live room", () => {
  it("is shown and answered once it is stored, and not before", async () => {
    const { world, room, epoch } = await watched();
    world.journal.isHolding = true;
    const posting = world.post(room, "goal", { facts: { home: 1 } });
    let isAnswered = false;
    void posting.then(() => (isAnswered = true));
    await world.virtual.settle();
    assert.deepEqual([world.heard(), isAnswered], [[], false]);
    const known = world.virtual.ask(room, { kind: "history" });
    await world.virtual.settle();
    assert.deepEqual([(await known).offset, (await known).facts], [0, {}]);
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual([world.heard(), await posting], [["goal"], 1]);
    const { facts, epoch: same } = await world.join(room, { id: "2" });
    assert.deepEqual([facts, same], [{ home: 1 }, epoch]);
  });

  it("does not wait for the one before it: many are on their way to the journal together", async () => {
    const { world, room } = await watched();
    world.journal.isHolding = true;
    const posting = Array.from({ length: 100 }, (_, index) => world.post(room, index + 1));
    await world.virtual.settle();
    assert.equal(world.journal.appends.length, 100);
    world.journal.letGo();
    await world.virtual.settle();
    const offsets = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.deepEqual([world.heard(), await Promise.all(posting)], [offsets, offsets]);
  });

  it("leaves the room free while it is on its way", async () => {
    const { world, room } = await watched();
    world.journal.isHolding = true;
    void world.post(room, "goal");
    assert.equal((await world.join(room, { id: "2" })).members, 2);
    world.journal.letGo();
  });

  it("keeps an empty room open until it is stored, so that nobody has to say it again", async () => {
    const world = new LiveRoomWorld();
    const room = await world.open();
    await world.virtual.advance(ROOM_SETTINGS.graceMs - 1);
    world.journal.isHolding = true;
    const posting = world.post(room, "goal");
    await world.virtual.advance(1);
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(await posting, 1);
    await world.virtual.advance(ROOM_SETTINGS.liveGraceMs);
    assert.equal(await world.posted(room, "late"), "actorGone");
  });

  it("is refused when the disk is full, and then nobody sees it", async () => {
    const { world, room } = await watched();
    world.journal.fates.push("full", "full");
    const posting = [world.post(room, "goal"), world.post(room, "another")];
    await world.virtual.settle();
    assert.deepEqual(await Promise.all(posting), ["storageFull", "storageFull"]);
    await world.virtual.advance(2 * LOOK_AGAIN_MS);
    assert.deepEqual(world.heard(), []);
    assert.deepEqual([await world.posted(room, "again"), world.heard()], [1, ["again"]]);
    assert.deepEqual(await world.stored(), ["again"]);
  });

  it("is taken once when it is sent again with its id, also when the first was stored unheard", async () => {
    const { world, room } = await watched();
    assert.equal(await world.posted(room, "one", { id: "desk:1" }), 1);
    assert.equal(await world.posted(room, "one", { id: "desk:1" }), 1);
    world.journal.fates.push("storedUnheard");
    assert.equal(await world.posted(room, "two", { id: "desk:2" }), "notStored");
    assert.deepEqual(world.heard(), ["one"]);
    const again = world.post(room, "two", { id: "desk:2" });
    await world.virtual.advance(LOOK_AGAIN_MS / 2);
    assert.deepEqual([await again, world.heard()], [2, ["two"]]);
  });

  it("is answered only when it is stored, also when it is the repetition of one that still is on its way", async () => {
    const { world, room } = await watched();
    world.journal.isHolding = true;
    const ends: unknown[] = [];
    for (let count = 1; count <= 2; count++) {
      void world.post(room, "one", { id: "desk:1" }).then((end) => ends.push(end));
    }
    await world.virtual.settle();
    assert.deepEqual(ends, []);
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual([ends, world.heard()], [[1, 1], ["one"]]);
  });
});

describe("a room that has not heard of something that is stored", () => {
  it("shows it a moment later, without another post", async () => {
    const { world, room } = await watched();
    world.journal.fates.push("storedUnheard");
    await world.posted(room, "unheard");
    assert.deepEqual(world.heard(), []);
    await world.virtual.advance(LOOK_AGAIN_MS);
    assert.deepEqual(world.heard(), ["unheard"]);
    assert.equal(await world.posted(room, "next"), 2);
  });

  it("shows it before what comes next, with the facts of both", async () => {
    const { world, room } = await watched();
    world.journal.fates.push("storedUnheard");
    await world.posted(room, "unheard", { facts: { home: 1, away: 0 } });
    const next = world.post(room, "next", { facts: { away: 1 } });
    await world.virtual.advance(LOOK_AGAIN_MS / 2);
    assert.deepEqual([await next, world.heard()], [2, ["unheard", "next"]]);
    assert.deepEqual((await world.join(room)).facts, { home: 1, away: 1 });
  });

  it("shows all of it when it is more than one page", async () => {
    const { world, room } = await watched();
    const entity = world.entities.entity("final");
    const { epoch } = await world.join(room);
    for (let count = 1; count <= 250; count++) {
      void world.virtual.ask(entity, { kind: "post", from: "elsewhere", data: count, epoch });
    }
    await world.virtual.settle();
    assert.deepEqual(world.heard(), []);
    assert.equal(await world.posted(room, 251), 251);
    assert.deepEqual(
      world.heard(),
      Array.from({ length: 251 }, (_, index) => index + 1),
    );
  });

  it("asks again until it is told", async () => {
    const { world, room } = await watched();
    world.journal.fates.push("storedUnheard");
    await world.posted(room, "unheard");
    world.journal.loadFaults.push(...Array.from({ length: 3 }, () => new Fault("journalUnavailable")));
    await world.virtual.advance(20 * LOOK_AGAIN_MS);
    assert.deepEqual(world.heard(), ["unheard"]);
  });
});

describe("a live room whose process was killed", () => {
  it("is the same room: epoch, facts, and what comes next", async () => {
    const { world, room, epoch } = await watched();
    await world.posted(room, "kick-off", { facts: { home: 0 } });
    await world.posted(room, "goal", { facts: { home: 1 } });
    const next = world.killed();
    const again = await next.open();
    const frame = await next.join(again, { recover: { epoch, offset: 1 } });
    assert.deepEqual(
      [frame.epoch, frame.recovered, frame.offset, frame.facts, frame.publications.map(({ data }) => data)],
      [epoch, true, 2, { home: 1 }, ["goal"]],
    );
    assert.deepEqual([await next.posted(again, "full time"), next.heard()], [3, ["full time"]]);
  });

  it("has lost nothing that was answered, and shows what was stored and not answered", async () => {
    const { world, room, epoch } = await watched();
    await postAll(world, room, 3);
    world.journal.isHolding = true;
    for (const data of [4, 5]) void world.post(room, data);
    await world.virtual.settle();
    assert.deepEqual(world.heard(), [1, 2, 3]);
    const next = world.killed();
    const frame = await next.join(await next.open(), { recover: { epoch, offset: 3 } });
    assert.deepEqual([frame.recovered, frame.publications.map(({ data }) => data)], [true, [4, 5]]);
  });

  it("shows newcomers the latest, and has more at hand for those who come back", async () => {
    const { world, room, epoch } = await watched();
    await postAll(world, room, WINDOW + 5);
    const next = world.killed();
    const again = await next.open();
    assert.deepEqual(
      (await next.join(again)).publications.map(({ data }) => data),
      [WINDOW + 3, WINDOW + 4, WINDOW + 5],
    );
    const recovered = await next.join(again, { recover: { epoch, offset: 5 } });
    assert.deepEqual([recovered.recovered, recovered.publications.length], [true, WINDOW]);
    assert.equal((await next.join(again, { recover: { epoch, offset: 4 } })).recovered, false);
  });

  it("has nothing to recover for who came before anything was posted, and shows no gap", async () => {
    const { world, epoch } = await watched();
    const next = world.killed();
    const again = await next.open();
    const empty = await next.join(again, { recover: { epoch, offset: 0 } });
    assert.deepEqual([empty.recovered, empty.offset], [true, 0]);
    assert.notEqual(empty.epoch, epoch);
    await next.posted(again, "kick-off");
    const frame = await next.join(again, { id: "2", recover: { epoch, offset: 0 } });
    assert.deepEqual([frame.recovered, frame.publications.map(({ data }) => data)], [true, ["kick-off"]]);
  });

  it("has stored nothing when nothing was posted, whoever came", async () => {
    const { world } = await watched();
    await world.virtual.advance(60_000);
    assert.deepEqual([world.journal.appends, await world.stored()], [[], []]);
  });
});

describe("a live room that fails", () => {
  it("goes on where it was, and its members miss nothing", async () => {
    const { world, room, epoch } = await watched();
    await postAll(world, room, 2);
    world.frames();
    world.virtual.system.steering.steer("restart", { path: "/rooms/live$2ffinal" });
    await world.virtual.settle();
    assert.deepEqual(
      world.frames().map(({ kind }) => kind),
      ["skipped"],
    );
    const frame = await world.join(room, { recover: { epoch, offset: 1 } });
    assert.deepEqual([frame.recovered, frame.epoch, frame.members], [true, epoch, 1]);
    assert.equal(await world.posted(room, "three"), 3);
  });

  it("waits for the journal before it begins, with all who want to come", async () => {
    const { world, room } = await watched();
    await postAll(world, room, 2);
    const next = world.killed();
    next.journal.loadFaults.push(new Fault("journalUnavailable"));
    const again = await next.open();
    const posting = next.post(again, "three");
    await next.virtual.advance(1_000);
    assert.equal(await posting, 3);
  });

  it("begins anew when what is stored does not continue what it has said", async () => {
    const { world, room, epoch } = await watched();
    await postAll(world, room, 2);
    await world.journal.stored.remove({ entity: { type: "live-room", id: "final" }, owner: OWNER });
    world.virtual.system.steering.steer("restart", { path: ENTITY });
    await world.virtual.settle();
    const posting = world.post(room, "another");
    await world.virtual.advance(1_000);
    assert.equal(typeof (await posting), "string");
    const frame = await world.join(room, { recover: { epoch, offset: 2 } });
    assert.equal(frame.recovered, false);
  });
});
