import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LoadsAhead } from "../../../../runtime/persistence/loads-ahead.ts";

const ROOM = { type: "room", id: "lobby" };
const OTHER = { type: "room", id: "other" };

describe("what came with a claim", () => {
  it("is given out once, to the load of that entity", () => {
    const ahead = new LoadsAhead<string>();
    ahead.put(ROOM, "stored");
    assert.equal(ahead.take(OTHER), undefined);
    assert.equal(ahead.take({ ...ROOM }), "stored");
    assert.equal(ahead.take(ROOM), undefined);
  });

  it("says nothing any more once something was written, or another claim was sent", () => {
    const ahead = new LoadsAhead<string>();
    ahead.put(ROOM, "stored");
    ahead.drop(ROOM);
    assert.equal(ahead.take(ROOM), undefined);
  });

  it("is gone after the turn of the program in which it came", async () => {
    const ahead = new LoadsAhead<string>();
    ahead.put(ROOM, "stored");
    await Promise.resolve();
    ahead.put(OTHER, "stored");
    assert.equal(ahead.take(OTHER), "stored");
    await new Promise<void>((resolve) => void setImmediate(resolve));
    assert.equal(ahead.take(ROOM), undefined);
  });
});
