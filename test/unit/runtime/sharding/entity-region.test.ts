import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault, isFault } from "../../../../runtime/fault.ts";
import { note, work } from "../../../support/script.ts";
import { RegionWorld } from "../../../support/region-world.ts";
import { SeededChance } from "../../../support/seeded-chance.ts";

describe("an entity of a cluster", () => {
  it("is reached from every node, and runs on one", async () => {
    const world = new RegionWorld();
    const [a, b, c] = await world.start("a", "b", "c");
    const counts: number[] = [];
    for (const [index, node] of [a!, b!, c!].entries()) {
      const asked = node.system.ask(node.register("one"), { kind: "enter", from: node.name, seq: index });
      await world.advance(100);
      counts.push((await asked).count);
    }
    assert.deepEqual(counts, [1, 2, 3]);
    assert.deepEqual(world.notes("one"), ["a:0", "b:1", "c:2"]);
    assert.equal(world.living.filter(({ registers }) => registers.size > 0).length, 1);
  });

  it("is spread over the nodes", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    for (let index = 0; index < 40; index++) {
      a!.system.tell(a!.register(`r${index}`), { kind: "note", from: "a", seq: 1 });
    }
    await world.advance(200);
    assert.equal(a!.registers.size + b!.registers.size, 40);
    assert.ok(a!.registers.size > 5 && b!.registers.size > 5);
  });

  it("is claimed by another node when its own is killed", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    a!.system.tell(a!.register(id), { kind: "note", from: "a", seq: 1 });
    await world.advance(200);
    assert.equal(world.whereIs(id), b);
    b!.kill();
    await world.advance(9_000);
    const asked = a!.system.ask(a!.register(id), { kind: "read" });
    await world.advance(1_000);
    assert.deepEqual((await asked).notes, ["a:1"]);
    assert.equal(world.whereIs(id), a);
  });

  it("moves with its mail to a node that joins, in order, and nothing is lost", async () => {
    const world = new RegionWorld();
    const [a] = await world.start("a");
    const ids = Array.from({ length: 30 }, (_, index) => `r${index}`);
    const say = (seq: number): void => {
      for (const id of ids) {
        assert.equal(a!.system.tell(a!.register(id), { kind: "note", from: "a", seq }), "accepted");
      }
    };
    say(1);
    for (const id of ids) a!.system.tell(a!.register(id), { kind: "stay", ms: 60_000 });
    await world.advance(100);
    const b = await world.join("b");
    for (let seq = 2; seq < 40; seq++) {
      say(seq);
      await world.advance(50);
    }
    await world.advance(500);
    assert.ok(b.registers.size > 5, "entities that belong there have moved");
    const all = Array.from({ length: 39 }, (_, seq) => `a:${seq + 1}`);
    for (const id of ids) assert.deepEqual(world.notes(id), all);
  });

  it("says nothing any more when its node has lost its lease, and again when it is back", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    a!.system.tell(a!.register(id), { kind: "note", from: "a", seq: 1 });
    await world.advance(100);
    const hung = b!.system.ask(b!.register(id), { kind: "hang" }, { deadlineMs: 60_000 });
    hung.catch(() => {});
    await world.advance(10);
    b!.pause();
    await world.advance(4_500);
    // The first thing that it does after the pause is to answer: a reader must not see what may be stale.
    await b!.resume();
    await world.advance(10);
    await assert.rejects(hung, (error: unknown) => error instanceof Fault && error.retryable);
    assert.ok(b!.log.lines.some(({ event }) => event === "cluster.memberFenced"));
    await world.advance(2_000);
    const read = b!.system.ask(b!.register(id), { kind: "read" });
    await world.advance(1_000);
    assert.deepEqual((await read).notes, ["a:1"]);
  });

  it("answers nothing from memory after a pause in which another has taken it over", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    a!.system.tell(a!.register(id), { kind: "note", from: "a", seq: 1 });
    await world.advance(100);
    b!.pause();
    await world.advance(9_000);
    const entered = a!.system.ask(a!.register(id), { kind: "enter", from: "a", seq: 2 });
    await world.advance(1_000);
    assert.equal((await entered).count, 2);
    const stale = b!.system.ask(b!.register(id), { kind: "read" });
    stale.catch(() => {});
    await b!.resume();
    await world.advance(6_000);
    await assert.rejects(stale, Fault);
    assert.deepEqual(world.notes(id), ["a:1", "a:2"]);
    assert.equal(b!.registers.size, 0);
  });

  it("takes a delivery from another node once, however often it comes", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    let receipts = 0;
    for (let times = 0; times < 3; times++) {
      const message = { kind: "note", from: "a", seq: 1 } as const;
      a!.registers.deliver(id, message, { sender: "outbox", seq: 1 }, () => receipts++);
      await world.advance(50);
    }
    assert.equal(receipts, 3);
    assert.deepEqual(world.notes(id), ["a:1"]);
    assert.equal(a!.remote.counts.deliveries, 0);
  });

  it("carries a request of another node out once, and answers it as the first time, also after its node was killed", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    const request = (name: string, seq: number) =>
      world.during(
        a!.entities
          .request(
            { type: "register", id },
            { kind: "enter", from: "a", seq },
            { request: { name, digest: String(seq) }, deadlineMs: 20_000 },
          )
          .catch((error: unknown) => (error as { readonly code: string }).code),
      );
    assert.deepEqual(await request("first", 1), { kind: "entered", count: 1 });
    assert.deepEqual(await request("second", 2), { kind: "entered", count: 2 });
    assert.deepEqual(await request("first", 1), { kind: "entered", count: 1 });
    assert.equal(await request("first", 3), "requestDiffers");
    const told = a!.entities.request(
      { type: "register", id },
      { kind: "note", from: "a", seq: 4 },
      { request: { name: "told", digest: "" }, deadlineMs: 5_000 },
    );
    assert.deepEqual(await world.during(told), { kind: "taken" });
    b!.kill();
    await world.advance(8_000);
    assert.deepEqual(await request("first", 1), { kind: "entered", count: 1 });
    assert.deepEqual(world.notes(id), ["a:1", "a:2", "a:4"]);
  });

  it("is watched from another node, until it leaves memory", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const id = await world.idAt(b!);
    a!.system.tell(a!.register(id), { kind: "note", from: "a", seq: 1 });
    const sender = a!.spawn("sender");
    const reached = a!.register(id);
    a!.system.tell(
      sender,
      work((context) => context.watch(reached, note("left"))),
    );
    await world.advance(1_000);
    const notes = (): unknown => a!.system.describe({ path: "/sender" })?.details?.["notes"];
    assert.deepEqual(notes(), []);
    await world.advance(3_000);
    assert.equal(b!.registers.size, 0);
    assert.deepEqual(notes(), ["left"]);
    a!.system.tell(
      sender,
      work((context) => context.watch(reached, note("none"))),
    );
    await world.advance(100);
    assert.deepEqual(notes(), ["left", "none"]);
  });

  it("leaves a node that is drained, and its questions are answered elsewhere", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const ids = Array.from({ length: 20 }, (_, index) => `r${index}`);
    for (const id of ids) a!.system.tell(a!.register(id), { kind: "stay", ms: 60_000 });
    await world.advance(100);
    const left = b!.leave();
    const asked = ids.map((id) => a!.system.ask(a!.register(id), { kind: "enter", from: "a", seq: 1 }));
    await world.during(left);
    await world.advance(1_000);
    assert.deepEqual(
      (await Promise.all(asked)).map(({ count }) => count),
      ids.map(() => 1),
    );
    assert.equal(a!.registers.size, 20);
  });

  it("that was claimed for somebody who has left memory meanwhile is given up again", async () => {
    const world = new RegionWorld();
    const [a] = await world.start("a");
    const entity = { type: "register", id: "one" };
    await assert.rejects(
      async () => a!.region.acquire(entity),
      (error: unknown) => isFault(error, "fenced"),
    );
    await world.settle();
    assert.equal(a!.claims.size, 0);
    assert.equal(await world.ownership.lookup(entity), undefined);
  });

  it("is not claimed together with all others when a lease is held again", async () => {
    const world = new RegionWorld();
    const [a, b] = await world.start("a", "b");
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => world.idAt(b!, `many${index}-`)));
    const chance = new SeededChance(1);
    Object.assign(b!.system, { random: () => chance.next() });
    b!.table.isCut = true;
    await world.advance(4_500);
    assert.equal(b!.member.holdsLease(), false);
    for (const id of ids) a!.system.tell(a!.register(id), { kind: "note", from: "a", seq: 1 });
    await world.advance(400);
    const claimedMs = new Set<number>();
    const claim = world.ownership.claim.bind(world.ownership);
    world.ownership.claim = (wish) => {
      claimedMs.add(world.clock.nowMs());
      return claim(wish);
    };
    b!.table.isCut = false;
    await world.advance(3_000);
    for (const id of ids) assert.deepEqual(world.notes(id), ["a:1"]);
    assert.ok(claimedMs.size > 10, `all at ${[...claimedMs].join()}`);
  });

  it("that nobody may take is refused at once", async () => {
    const world = new RegionWorld();
    const gateway = await world.join("gateway", ["gateway"]);
    await world.advance(1_000);
    const asked = gateway.system.ask(gateway.register("one"), { kind: "read" });
    asked.catch(() => {});
    await world.advance(10);
    await assert.rejects(asked, (error: unknown) => isFault(error, "entityMoving"));
    assert.equal(gateway.system.tell(gateway.register("one"), { kind: "stay", ms: 1 }), "busy");
    const other = await world.join("other");
    await world.advance(1_500);
    const read = gateway.system.ask(gateway.register("one"), { kind: "read" });
    await world.advance(100);
    assert.deepEqual((await read).notes, []);
    assert.equal(other.registers.size, 1);
  });

  it("that was about to go elsewhere when its node ends leaves nobody waiting, and its mail is counted", async () => {
    const world = new RegionWorld();
    const [a] = await world.start("a");
    const ids = Array.from({ length: 10 }, (_, index) => `r${index}`);
    for (const id of ids) a!.system.tell(a!.register(id), { kind: "stay", ms: 60_000 });
    await world.advance(100);
    // So much waits for the journal that the questions behind it stay in the mailboxes.
    world.journal.append = () => new Promise(() => {});
    const codes: unknown[] = [];
    for (const id of ids) {
      for (let seq = 0; seq < 300; seq++) a!.system.tell(a!.register(id), { kind: "note", from: "a", seq });
      const asked = a!.system.ask(a!.register(id), { kind: "read" }, { deadlineMs: 60_000 });
      asked.catch((error: unknown) => codes.push((error as Fault).code));
    }
    await world.advance(100);
    await world.join("b");
    await world.advance(1_500);
    const { handOffs } = a!.region.counts;
    assert.ok(handOffs > 0 && handOffs < ids.length, `${handOffs} are about to go`);
    const before = world.dead("unroutable");
    a!.region.close();
    await world.advance(10);
    assert.equal(codes.length, ids.length);
    assert.equal(codes.filter((code) => code === "entityMoving").length, handOffs);
    assert.ok(world.dead("unroutable") - before > handOffs, "also what nobody waits for");
    assert.equal(a!.region.counts.handOffs, 0);
  });
});
