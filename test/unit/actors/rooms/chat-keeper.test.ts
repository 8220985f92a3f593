import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChatKeeper, LOOK_EVERY_MS } from "../../../../actors/rooms/chat-keeper.ts";
import { chatRoom } from "../../../../actors/rooms/chat-room.ts";
import type { MemberState } from "../../../../runtime/membership/member-view.ts";
import { EntityWorld } from "../../../support/entity-world.ts";
import { ROOM_SETTINGS } from "../../../support/open-room.ts";
import { ScriptedCluster } from "../../../support/scripted-cluster.ts";

/** So many chat rooms that are stored, and that nobody needs, on a node of which the others are in these states. */
async function leftOver(rooms: number, members: Readonly<Record<string, MemberState>>) {
  const before = new EntityWorld();
  const stored = before.host.offer(chatRoom(ROOM_SETTINGS), { roomsOf: undefined });
  const posts = Array.from({ length: rooms }, (_, index) =>
    before.virtual.ask(stored.entity(`r${index}`), { kind: "post", from: "a", data: index, epoch: "e" }),
  );
  await before.virtual.settle();
  await Promise.all(posts);
  // That process was killed, and another one begins on the same journal.
  const world = new EntityWorld({ journal: before.journal });
  const type = world.host.offer(chatRoom(ROOM_SETTINGS), { roomsOf: undefined });
  world.virtual.system.spawn(ChatKeeper, "keeper", { type, cluster: new ScriptedCluster().has(members) });
  const left = async () => (await world.journal.list("chat-room", { limit: 10_000 })).length;
  return { world, left };
}

describe("chat rooms that nobody has needed since their node was lost", () => {
  it("are woken by the node that is there for longest, and so forgotten", async () => {
    const { world, left } = await leftOver(450, { "c/0": "dead", "a/first": "up", "b/1": "up" });
    assert.equal(await left(), 450);
    await world.virtual.advance(LOOK_EVERY_MS - 1);
    assert.equal(await left(), 450);
    await world.virtual.advance(4 * ROOM_SETTINGS.graceMs);
    assert.equal(await left(), 0);
    assert.equal(world.host.activeCount, 0);
  });

  it("are woken also while a service is a member for longer", async () => {
    const { world, left } = await leftOver(3, { "service/1": "up", "a/first": "up" });
    await world.virtual.advance(LOOK_EVERY_MS + 4 * ROOM_SETTINGS.graceMs);
    assert.equal(await left(), 0);
  });

  it("are left to another node that is there for longer", async () => {
    const { world, left } = await leftOver(3, { "b/1": "up", "a/first": "up" });
    await world.virtual.advance(2 * LOOK_EVERY_MS);
    assert.equal(await left(), 3);
  });
});
