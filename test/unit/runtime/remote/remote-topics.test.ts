import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TaggedMessage } from "../../../../protocols/protocol.ts";
import type { AnyReference } from "../../../../protocols/reference.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { RegionWorld } from "../../../support/region-world.ts";

const TOPIC = "chat/a";

/** Two nodes that hear a topic, and what each has heard. */
async function pair() {
  const world = new RegionWorld();
  const [near, far] = await world.start("near", "far");
  assert.ok(near && far);
  const heard: { readonly near: TaggedMessage[]; readonly far: TaggedMessage[] } = { near: [], far: [] };
  near.remote.topics.hear(TOPIC, RoomProtocol, (message) => void heard.near.push(message));
  const leave = far.remote.topics.hear(TOPIC, RoomProtocol, (message) => void heard.far.push(message));
  return { world, near, far, heard, leave };
}

describe("what is told to a topic", () => {
  it("is heard at once on every node that hears it, the teller's too, until that wants no more", async () => {
    const { world, near, heard, leave } = await pair();
    near.remote.topics.tell(TOPIC, RoomProtocol, { kind: "leave", member: "a" });
    near.remote.topics.tell("chat/b", RoomProtocol, { kind: "leave", member: "b" });
    await world.advance(50);
    for (const messages of Object.values(heard)) assert.deepEqual(messages, [{ kind: "leave", member: "a" }]);
    assert.equal(near.transport.counts.publicationsSent, 2);
    leave();
    near.remote.topics.tell(TOPIC, RoomProtocol, { kind: "leave", member: "c" });
    await world.advance(50);
    assert.deepEqual([heard.near.length, heard.far.length], [2, 1]);
  });

  it("brings references along, and at home they are what they were", async () => {
    const { world, near, heard } = await pair();
    const by: AnyReference = near.spawn("asker");
    near.remote.topics.tell(TOPIC, RoomProtocol, { kind: "callRoll", by });
    await world.advance(50);
    const [home, abroad] = [heard.near, heard.far].map(([message]) => message?.["by"] as AnyReference);
    assert.equal(home, by);
    assert.match(abroad?.address ?? "", /^actor:near%2F1:\/asker#\d+$/);
  });

  it("is counted when it cannot be read, and nothing else happens", async () => {
    const { world, near, heard } = await pair();
    near.transport.publish(TOPIC, Buffer.from("no parcel"));
    near.remote.topics.tell(TOPIC, { ...RoomProtocol, version: 99 }, { kind: "leave", member: "a" });
    await world.advance(50);
    assert.deepEqual([heard.near, heard.far], [[], []]);
    assert.equal(world.dead("notUnderstood"), 4);
  });
});
