import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { censusOf } from "../../../../runtime/kernel/census.ts";
import { note } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** Chance that comes round: 0.1, 0.2, … 0.9, 0, 0.1 … */
function wheel(): () => number {
  let turn = 0;
  return () => (++turn % 10) / 10;
}

describe("a census", () => {
  it("counts actors and waiting messages by type", async () => {
    const virtual = new VirtualSystem();
    for (const name of ["a", "b", "c"]) virtual.spawn(name, { type: "room" });
    virtual.spawn("puller", { type: "puller" });
    await virtual.settle();
    virtual.tell(virtual.at("/a"), note("one"));
    virtual.tell(virtual.at("/b"), note("two"));
    const rooms = censusOf(virtual.system.root, wheel()).find(({ type }) => type === "room");
    assert.deepEqual([rooms?.actors, rooms?.waiting, rooms?.sampled], [3, 2, 3]);
  });

  it("estimates what thousands hold from twenty of them", async () => {
    const virtual = new VirtualSystem();
    for (let index = 0; index < 1_000; index++) {
      virtual.tell(virtual.spawn(`r${index}`, { type: "room" }), note("x".repeat(1_000)));
    }
    await virtual.settle();
    const rooms = censusOf(virtual.system.root, wheel()).find(({ type }) => type === "room");
    assert.equal(rooms?.sampled, 20);
    const mean = (rooms?.bytes ?? 0) / 1_000;
    assert.ok(mean > 1_500 && mean < 1_800, `${mean} bytes each`);
  });

  it("takes the late ones into its sample too", async () => {
    const virtual = new VirtualSystem();
    for (let index = 0; index < 40; index++) virtual.spawn(`r${index}`, { type: "room" });
    await virtual.settle();
    for (let index = 20; index < 40; index++) {
      virtual.tell(virtual.at(`/r${index}`), note("x".repeat(10_000)));
    }
    await virtual.settle();
    const rooms = censusOf(virtual.system.root, wheel()).find(({ type }) => type === "room");
    assert.ok((rooms?.bytes ?? 0) > 100_000, `${rooms?.bytes} bytes`);
  });
});
