import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Letter, Parcel } from "../../../../runtime/codec/parcel.ts";
import { ParcelCodec } from "../../../../runtime/codec/parcel-codec.ts";
import { Placement } from "../../../../runtime/sharding/placement.ts";
import { RegionWorld } from "../../../support/region-world.ts";
import type { RegionNode } from "../../../support/region-world.ts";

/** More than an entity decides before the journal has answered: what follows stays in its mailbox. */
const MANY = 300;
/** Longer than a lease, and shorter than an entity may take to end. */
const STORED_AFTER_MS = 6_000;

describe("what waits for an entity that is about to move", () => {
  it("is not overtaken when the entity stays where it is after all", async () => {
    const { world, id, a, b, c } = await aboutToMove();
    const left = c.leave();
    await say(world, b, id, MANY + 1);
    assert.equal(a.region.counts.handOffs, 1, "it is still on its way");
    world.storeMsMax = 0;
    await world.during(left);
    await world.advance(6_000);
    assert.deepEqual(world.notes(id), upTo(MANY + 3));
  });

  it("is not overtaken when the next node may not take it at once", async () => {
    const { world, id, a, b, c } = await aboutToMove();
    c.table.isCut = true;
    world.storeMsMax = 0;
    await world.advance(4_200);
    assert.equal(c.member.holdsLease(), false);
    await say(world, b, id, MANY + 1);
    assert.equal(a.region.counts.handOffs, 1, "it is still on its way");
    await world.advance(300);
    assert.equal(a.region.counts.handOffs, 0);
    c.table.isCut = false;
    for (let seq = MANY + 4; seq <= MANY + 60; seq += 3) await say(world, b, id, seq);
    await world.advance(10_000);
    assert.deepEqual(world.notes(id), upTo(MANY + 60));
  });

  it("goes on with it when the next node is about to leave", async () => {
    const { world, id, a, b, c } = await aboutToMove();
    world.storeMsMax = 0;
    await world.advance(2_500);
    // It does not hear that the other one leaves.
    a.table.isCut = true;
    await world.advance(1_400);
    const left = c.leave();
    await say(world, b, id, MANY + 1);
    assert.equal(a.region.counts.handOffs, 1, "it is still on its way");
    await world.advance(400);
    a.table.isCut = false;
    await say(world, b, id, MANY + 4);
    await world.during(left);
    await world.advance(3_000);
    assert.deepEqual(world.notes(id), upTo(MANY + 6));
  });
});

describe("a node that is dead", () => {
  it("is not waited for, whatever it has said that arrives late", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    b!.kill();
    await world.advance(9_000);
    const letter = { kind: "wake", to: `entity:register/${id}`, hops: 0, isHanded: false, id: 0 } as const;
    a!.remote.receive(b!.incarnation, new ParcelCodec().encode({ kind: "notHere", letter, at: undefined }));
    const asked = a!.system.ask(a!.register(id), { kind: "enter", from: "a", seq: 1 });
    await world.advance(1_000);
    assert.equal((await asked).count, 1);
    assert.equal(a!.region.counts.transits, 0);
  });

  it("sends nothing back that could be stored after what was said since", async () => {
    const { world, id, a, hear } = await outlived();
    const before = world.dead("nodeLost");
    hear({ kind: "notHere", letter: noteFor(id, 2), at: undefined });
    await world.advance(3_000);
    assert.deepEqual(world.notes(id), ["s:1", "s:3"]);
    assert.equal(world.dead("nodeLost"), before + 1);
    assert.equal(a.region.counts.transits, 0);
  });

  it("gives nothing away that could be stored after what was said since", async () => {
    const { world, id, a, b, hear } = await outlived();
    const before = world.dead("unroutable");
    const to = `entity:register/${id}`;
    hear({ kind: "handOff", to, ownerEpoch: 1, incarnation: b.incarnation });
    hear({ kind: "letter", letter: { ...noteFor(id, 2), isHanded: true } });
    hear({ kind: "handed", to });
    await world.advance(3_000);
    assert.deepEqual(world.notes(id), ["s:1", "s:3"]);
    assert.equal(world.dead("unroutable"), before + 1);
    assert.equal(a.region.counts.transits, 0);
  });
});

/** A register that was at `b`, which was paused until all others counted it as dead, and is at `a` since: what `b` says when it wakes is heard there. */
async function outlived() {
  const world = new RegionWorld();
  const [a, b] = await world.start("a", "b");
  const id = await world.idAt(b!);
  const note = (seq: number) => a!.system.tell(a!.register(id), { kind: "note", from: "s", seq });
  note(1);
  await world.advance(100);
  b!.kill();
  await world.advance(9_000);
  note(3);
  await world.advance(500);
  assert.deepEqual(world.notes(id), ["s:1", "s:3"]);
  const hear = (parcel: Parcel): void => a!.remote.receive(b!.incarnation, new ParcelCodec().encode(parcel));
  return { world, id, a: a!, b: b!, hear };
}

function noteFor(id: string, seq: number): Letter {
  const said = { protocol: "register", version: 1, message: { kind: "note", from: "s", seq } };
  return { kind: "tell", to: `entity:register/${id}`, hops: 0, isHanded: false, id: 0, said };
}

interface Moving {
  readonly world: RegionWorld;
  readonly id: string;
  readonly a: RegionNode;
  readonly b: RegionNode;
  readonly c: RegionNode;
}

/** A register at `a` that belongs to `c` since that has joined, and waits for a slow store before it goes: with mail of `b` in its mailbox. */
async function aboutToMove(): Promise<Moving> {
  const world = new RegionWorld();
  const [a, b] = await world.start("a", "b");
  const id = idFor("a/1", "c/3");
  b!.system.tell(b!.register(id), { kind: "note", from: "b", seq: 0 });
  await world.advance(100);
  assert.equal(world.whereIs(id), a);
  const c = await world.join("c");
  world.storeMsMax = STORED_AFTER_MS;
  for (let seq = 1; seq <= MANY; seq++) b!.system.tell(b!.register(id), { kind: "note", from: "b", seq });
  await world.advance(1_700);
  assert.equal(a!.region.counts.handOffs, 1);
  return { world, id, a: a!, b: b!, c };
}

async function say(world: RegionWorld, from: RegionNode, id: string, first: number): Promise<void> {
  for (let seq = first; seq < first + 3; seq++) {
    assert.equal(from.system.tell(from.register(id), { kind: "note", from: "b", seq }), "accepted");
    await world.advance(20);
  }
}

function upTo(last: number): readonly string[] {
  return Array.from({ length: last + 1 }, (_, seq) => `b:${seq}`);
}

/** An id whose register belongs to one node as long as there are two, and to another one when that has come. */
function idFor(first: string, then: string): string {
  const seat = (incarnation: string) => ({ incarnation, roles: ["entities"], capacity: 1 });
  const two = new Placement(["a/1", "b/2"].map(seat));
  const three = new Placement(["a/1", "b/2", "c/3"].map(seat));
  for (let count = 0; ; count++) {
    const key = `entity:register/m${count}`;
    if (two.of(key, "entities") === first && three.of(key, "entities") === then) return `m${count}`;
  }
}
