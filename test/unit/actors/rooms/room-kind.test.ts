import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kindOf, ROOM_KINDS } from "../../../../actors/rooms/room-kind.ts";
import { RoomId } from "../../../../protocols/client-frames.ts";
import { compileFields } from "../../../../runtime/codec/validator.ts";

describe("the kind of a room", () => {
  it("is what stands in front of its name", () => {
    assert.equal(kindOf("chat/lobby"), "chat");
    assert.equal(kindOf("live/chat/x"), "live");
    assert.throws(() => kindOf("lobby"), /names no kind/);
  });

  it("is known for every id that a door lets pass", () => {
    const check = compileFields({ room: RoomId });
    for (const kind of ROOM_KINDS) assert.ok(check({ room: `${kind}/a` }).ok);
    assert.ok(!check({ room: "club/a" }).ok);
  });
});
