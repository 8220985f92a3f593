import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RoomId } from "../../../../../protocols/client-frames.ts";
import { roomIdOf, roomNameOf } from "../../../../../actors/rooms/page/room-id.ts";

test("an address names a room with or without its kind", () => {
  assert.equal(roomIdOf("chat", "tea", "lobby"), "chat/tea");
  assert.equal(roomIdOf("chat", "chat/tea", "lobby"), "chat/tea");
  assert.equal(roomNameOf("live/final"), "final");
});

test("an address that names no room leads to the usual one", () => {
  for (const parameter of [null, "", "a b", "a/b", "live/x", "x".repeat(65)]) {
    assert.equal(roomIdOf("chat", parameter, "lobby"), "chat/lobby", String(parameter));
  }
});

test("whatever an address says, the room is one that the gateway knows", () => {
  const pattern = new RegExp((RoomId as { pattern?: string }).pattern ?? "no pattern", "u");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (parameter) => {
      assert.match(roomIdOf("live", parameter, "final"), pattern);
    }),
  );
});
