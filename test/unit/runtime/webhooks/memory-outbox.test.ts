import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryOutbox } from "../../../../runtime/webhooks/memory-outbox.ts";

const delivery = (id: string) => ({ id, type: "test.made", atMs: 0, data: {} });

describe("an outbox", () => {
  it("gives deliveries back in the order in which it took them", () => {
    const outbox = new MemoryOutbox(3);
    for (const id of ["a", "b", "c"]) assert.equal(outbox.add(delivery(id)), "added");
    assert.equal(outbox.head()?.id, "a");
    outbox.remove("a");
    assert.deepEqual(
      outbox.all().map(({ id }) => id),
      ["b", "c"],
    );
  });

  it("takes what it knows once, at its first place", () => {
    const outbox = new MemoryOutbox(3);
    outbox.add(delivery("a"));
    outbox.add(delivery("b"));
    assert.equal(outbox.add(delivery("a")), "known");
    assert.equal(outbox.size, 2);
    assert.equal(outbox.head()?.id, "a");
  });

  it("refuses the newest when it is full, and drops none that it has taken", () => {
    const outbox = new MemoryOutbox(2);
    outbox.add(delivery("a"));
    outbox.add(delivery("b"));
    assert.equal(outbox.add(delivery("c")), "full");
    assert.equal(outbox.add(delivery("a")), "known");
    assert.deepEqual(
      outbox.all().map(({ id }) => id),
      ["a", "b"],
    );
  });
});
