import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANNOUNCE_AFTER_MS } from "../../../../actors/rooms/attendance.ts";
import { ARRIVAL_WITHIN_MS } from "../../../../actors/rooms/room.ts";
import { HOUR_MS, openRoom, POLICIES, START_MS } from "../../../support/open-room.ts";
import type { RoomSetting } from "../../../support/open-room.ts";

type Room = ReturnType<typeof openRoom>;

/** The same room in another process. */
function moved({ kit }: Room, setting: RoomSetting = {}): Room {
  return openRoom({ heirloom: kit.dump(), startWallMs: kit.clock.wallMs(), ...setting });
}

/** A room with two members who have been announced, and the epoch that they know. */
async function roomOfTwo(): Promise<{ before: Room; epoch: string }> {
  const before = openRoom();
  const joined = await before.join("1");
  await before.join("2");
  assert.ok(joined.kind === "joined");
  before.kit.advance(ANNOUNCE_AFTER_MS);
  return { before, epoch: joined.epoch };
}

describe("a room that has come from another process", () => {
  it("knows what it knew: epoch, history, facts and members", async () => {
    const before = openRoom({ policy: POLICIES.live });
    await before.join("1");
    await before.post("kick-off", { home: 0 });
    await before.post("goal", { home: 1 });
    const known = await before.kit.ask({ kind: "history" });
    const after = moved(before, { policy: POLICIES.live });
    assert.deepEqual(await after.kit.ask({ kind: "history" }), known);
    assert.deepEqual(await after.kit.ask({ kind: "presence" }), await before.kit.ask({ kind: "presence" }));
    const { missing, ...described } = after.kit.description as Record<string, unknown>;
    assert.deepEqual({ ...described, missing: 0 }, before.kit.description);
    assert.equal(missing, 1);
  });

  it("goes on counting where it was", async () => {
    const { before, epoch } = await roomOfTwo();
    await before.say("1", "one");
    const after = moved(before);
    await after.resume("1", epoch);
    assert.deepEqual(await after.say("1", "two"), { kind: "published", epoch, offset: 2 });
  });

  it("keeps what is said until everybody has come, and tells nobody that they have", async () => {
    const { before, epoch } = await roomOfTwo();
    const after = moved(before);
    assert.deepEqual(after.channel.takeTold(), [{ kind: "remember" }]);
    assert.equal(await after.resume("1", epoch), "resumed");
    assert.deepEqual(after.channel.takeTold(), [{ kind: "resume", outlet: after.connectionOf("1").outlet }]);
    assert.equal(await after.resume("2", epoch), "resumed");
    assert.deepEqual(after.channel.takeTold(), [
      { kind: "resume", outlet: after.connectionOf("2").outlet },
      { kind: "forget" },
    ]);
    after.kit.advance(ARRIVAL_WITHIN_MS + ANNOUNCE_AFTER_MS);
    assert.deepEqual(after.channel.takeTold(), []);
  });

  it("sees a member leave whose connection ends over here", async () => {
    const { before, epoch } = await roomOfTwo();
    const after = moved(before);
    await after.resume("1", epoch);
    await after.resume("2", epoch);
    after.sent();
    after.kit.stopProbe(after.connectionOf("2").connection);
    after.kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(after.sent(), [
      { kind: "left", room: "chat/a", members: [{ id: "2", name: "name of 2" }], count: 1 },
    ]);
  });

  it("lets those go who do not come, in the ordinary way", async () => {
    const { before, epoch } = await roomOfTwo();
    const after = moved(before);
    after.kit.advance(ARRIVAL_WITHIN_MS - 1);
    await after.resume("1", epoch);
    after.channel.takeTold();
    after.kit.advance(ARRIVAL_WITHIN_MS - 1);
    assert.equal((await after.kit.ask({ kind: "presence" })).count, 2, "somebody has come just now");
    after.kit.advance(1);
    assert.deepEqual(after.channel.takeTold(), [{ kind: "forget" }]);
    after.kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(after.sent(), [
      { kind: "left", room: "chat/a", members: [{ id: "2", name: "name of 2" }], count: 1 },
    ]);
    assert.equal(await after.resume("2", epoch), "lost");
  });

  it("keeps no seat for a stranger, for another life, or twice", async () => {
    const { before, epoch } = await roomOfTwo();
    const after = moved(before);
    assert.equal(await after.resume("3", epoch), "lost");
    assert.equal(await after.resume("1", "another"), "lost");
    assert.equal(await after.resume("1", epoch), "resumed");
    assert.equal(await after.resume("1", epoch), "lost");
  });

  it("takes back a member that subscribes instead, without an announcement", async () => {
    const { before } = await roomOfTwo();
    const after = moved(before);
    await after.join("1");
    assert.equal(after.subscribed().members, 2);
    after.kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(after.sent(), []);
    after.kit.stopProbe(after.connectionOf("1").connection);
    assert.equal((await after.kit.ask({ kind: "presence" })).count, 1);
  });

  it("announces who came and went just before the move", async () => {
    const before = openRoom();
    await before.join("1");
    const after = moved(before);
    after.kit.advance(ANNOUNCE_AFTER_MS);
    assert.deepEqual(after.sent(), [
      { kind: "joined", room: "chat/a", members: [{ id: "1", name: "name of 1" }], count: 1 },
    ]);
  });

  it("forgets what has grown too old, the time of the move included", async () => {
    const { before } = await roomOfTwo();
    await before.say("1", "one");
    before.kit.advance(HOUR_MS / 2);
    await before.say("1", "two");
    const after = moved(before, { startWallMs: START_MS + HOUR_MS + 2 * ANNOUNCE_AFTER_MS });
    const { publications, offset } = await after.kit.ask({ kind: "history" });
    assert.deepEqual(
      publications.map(({ data }) => data),
      ["two"],
    );
    assert.equal(offset, 2);
  });

  it("recovers for whoever was away during the move", async () => {
    const { before, epoch } = await roomOfTwo();
    await before.say("1", "one");
    await before.say("1", "two");
    before.kit.tell({ kind: "leave", member: "2" });
    const after = moved(before);
    await after.join("2", { recover: { epoch, offset: 1 } });
    const { recovered, publications } = after.subscribed();
    assert.ok(recovered);
    assert.deepEqual(
      publications.map(({ data }) => data),
      ["two"],
    );
  });

  it("closes when nobody is in it, as it would have", async () => {
    const after = moved(openRoom());
    assert.deepEqual(after.channel.takeTold(), []);
    after.kit.advance(60_000);
    await after.kit.idle();
    assert.ok(after.kit.isStopped);
  });

  it("is a room without members when it restarts before they have come", async () => {
    const { before, epoch } = await roomOfTwo();
    const after = moved(before);
    await after.kit.restart();
    assert.equal(await after.resume("1", epoch), "lost");
    assert.equal((await after.kit.ask({ kind: "presence" })).count, 0);
  });
});
