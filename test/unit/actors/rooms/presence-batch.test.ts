import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  NAMES_MAX,
  newPresenceBatch,
  noteJoined,
  noteLeft,
  takeAnnouncements,
} from "../../../../actors/rooms/presence-batch.ts";

const member = (id: string, name = id) => ({ id, name });

describe("an announcement of who came and went", () => {
  it("names both, and is made once", () => {
    const batch = newPresenceBatch();
    noteLeft(batch, member("1"));
    noteJoined(batch, member("2"));
    assert.deepEqual(takeAnnouncements(batch, "chat/a", 7), [
      { kind: "left", room: "chat/a", members: [member("1")], count: 7 },
      { kind: "joined", room: "chat/a", members: [member("2")], count: 7 },
    ]);
    assert.deepEqual(takeAnnouncements(batch, "chat/a", 7), []);
  });

  it("leaves out who came and went, or went and came back, in the same moment", () => {
    const batch = newPresenceBatch();
    noteJoined(batch, member("1"));
    noteLeft(batch, member("1"));
    noteLeft(batch, member("2"));
    noteJoined(batch, member("2"));
    assert.deepEqual(takeAnnouncements(batch, "chat/a", 1), []);
  });

  it("names who came back under another name", () => {
    const batch = newPresenceBatch();
    noteLeft(batch, member("1", "Ada"));
    noteJoined(batch, member("1", "Ada L."));
    assert.deepEqual(takeAnnouncements(batch, "chat/a", 1), [
      { kind: "joined", room: "chat/a", members: [member("1", "Ada L.")], count: 1 },
    ]);
  });

  it("stays small in a crowd, and still tells the count", () => {
    const batch = newPresenceBatch();
    for (let id = 0; id < 10_000; id++) noteJoined(batch, member(String(id)));
    const [frame, ...more] = takeAnnouncements(batch, "chat/a", 10_000);
    assert.deepEqual(more, []);
    assert.ok(frame?.kind === "joined");
    assert.deepEqual([frame.members.length, frame.count], [NAMES_MAX, 10_000]);
  });

  it("tells the count when only the unnamed came or went", () => {
    const batch = newPresenceBatch();
    for (let id = 0; id <= NAMES_MAX; id++) noteJoined(batch, member(String(id)));
    for (let id = 0; id < NAMES_MAX; id++) noteLeft(batch, member(String(id)));
    assert.deepEqual(takeAnnouncements(batch, "chat/a", 1), [
      { kind: "joined", room: "chat/a", members: [], count: 1 },
    ]);
  });

  it("gives a small room's members exactly the change since the last one", () => {
    const ids = ["a", "b", "c"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ids)), fc.subarray(ids), (toggles, present) => {
        const known = new Set(present);
        const here = new Set(present);
        const batch = newPresenceBatch();
        for (const id of toggles) {
          if (here.delete(id)) noteLeft(batch, member(id));
          else {
            here.add(id);
            noteJoined(batch, member(id));
          }
        }
        for (const frame of takeAnnouncements(batch, "chat/a", here.size)) {
          if (frame.kind === "left") for (const { id } of frame.members) assert.ok(known.delete(id));
          if (frame.kind === "joined") for (const { id } of frame.members) known.add(id);
        }
        assert.deepEqual([...known].toSorted(), [...here].toSorted());
      }),
    );
  });
});
