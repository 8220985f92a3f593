import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChatKeeper, LOOK_EVERY_MS } from "../../../../actors/rooms/chat-keeper.ts";
import { chatRoom } from "../../../../actors/rooms/chat-room.ts";
import { Singletons } from "../../../../runtime/sharding/singletons.ts";
import { EntityWorld } from "../../../support/entity-world.ts";
import { ROOM_SETTINGS } from "../../../support/open-room.ts";

/** So many chat rooms that are stored, and that nobody needs. */
async function leftOver(rooms: number) {
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
  new Singletons(world.virtual.system, world.host).offer(ChatKeeper, {}, { type });
  const left = async () => (await world.journal.list("chat-room", { limit: 10_000 })).length;
  return { world, left };
}

describe("chat rooms that nobody has needed since their node was lost", () => {
  it("are woken by the one that the cluster has for that, and so forgotten", async () => {
    const { world, left } = await leftOver(450);
    assert.equal(await left(), 450);
    await world.virtual.advance(LOOK_EVERY_MS - 1);
    assert.equal(await left(), 450);
    await world.virtual.advance(4 * ROOM_SETTINGS.graceMs);
    assert.equal(await left(), 0);
    assert.equal(world.host.activeCount, 1, "only who looks after them is left");
  });
});
