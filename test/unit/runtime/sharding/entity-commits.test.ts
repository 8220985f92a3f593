import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineEvents } from "../../../../protocols/events.ts";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import type { ReplyTo } from "../../../../runtime/actor/context.ts";
import { defineEntity } from "../../../../runtime/actor/define-entity.ts";
import { isFault } from "../../../../runtime/fault.ts";
import { OneOwner } from "../../../../runtime/sharding/entity-owners.ts";
import type { Act } from "../../../support/account.ts";
import { EntityWorld, OWNER } from "../../../support/entity-world.ts";
import { answer, note, question, work } from "../../../support/script.ts";

const PATH = "/entities/account/ana";

const BellProtocol = defineProtocol({
  name: "bell",
  version: 1,
  ask: { wait: { request: {}, reply: { rung: { times: Type.Integer() } } } },
  tell: { ring: {} },
});
type Duty = ReplyTo<typeof BellProtocol, "wait">;

/** Answers those who wait when it is rung. */
const Bell = defineEntity({
  protocol: BellProtocol,
  events: defineEvents({ name: "bell", version: 1, events: { rung: {} } }),
  initialState: (): { times: number; readonly waiting: Duty[] } => ({ times: 0, waiting: [] }),
  decide: {
    wait: (_state) => ({ after: ({ waiting }, context) => void waiting.push(context.replyLater()) }),
    ring: (_state) => ({
      events: [{ kind: "rung" }],
      after: ({ waiting, times }) => {
        for (const duty of waiting.splice(0)) duty.reply({ kind: "rung", times });
      },
    }),
  },
  evolve: { rung: (state) => void state.times++ },
  durability: "memory",
});

/** Whose node has a lease until a test takes it away. */
class LeasedOwner extends OneOwner {
  isLeased = true;

  override mayAct(): boolean {
    return this.isLeased;
  }
}

/** Gives away its right to answer: the answers come from outside. */
const bellOf = (duties: Duty[]) =>
  defineEntity({
    protocol: BellProtocol,
    events: defineEvents({ name: "bell", version: 1, events: { rung: {} } }),
    initialState: () => ({}),
    decide: {
      wait: () => ({ after: (_state, context) => void duties.push(context.replyLater()) }),
      ring: () => {},
    },
    evolve: { rung: () => {} },
    durability: "memory",
  });

describe("what an entity decides", () => {
  it("is stored before it is answered", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    let told: unknown;
    void world.deposit("ana", 5).then((balance) => (told = balance));
    await world.virtual.settle();
    assert.equal(world.journal.heldCount, 1, "the append is on its way");
    assert.equal(told, undefined, "and nobody knows of it");
    assert.deepEqual(world.virtual.node(PATH).details, { balance: 5, version: 2, uncommitted: 1 });
    world.journal.answer();
    await world.virtual.settle();
    assert.equal(told, 5);
    assert.deepEqual(await world.history("ana"), [
      { events: [{ kind: "opened", owner: "Ana" }] },
      { events: [{ kind: "deposited", amount: 5 }] },
    ]);
  });

  it("may be many decisions on their way at once, each answered with the state right after it", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told: unknown[] = [];
    for (const amount of [1, 2, 3]) void world.deposit("ana", amount).then((balance) => told.push(balance));
    await world.virtual.settle();
    assert.equal(world.journal.heldCount, 3);
    world.journal.answer();
    await world.virtual.settle();
    assert.deepEqual(told, [1], "not 6: what is not stored yet is not told");
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual(told, [1, 3, 6]);
  });

  it("holds back a pure read that saw it", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    let read: unknown;
    void world.deposit("ana", 5);
    void world.balance("ana").then((balance) => (read = balance));
    await world.virtual.settle();
    assert.equal(read, undefined);
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(read, 5);
    void world.balance("ana").then((balance) => (read = balance));
    world.journal.isHolding = true;
    read = undefined;
    await world.virtual.settle();
    assert.equal(read, 5, "with nothing under way a read is answered at once");
  });

  it("is told to others only when it is stored, and in order", async () => {
    const world = new EntityWorld();
    const account = world.account("ana");
    const observer = world.virtual.spawn("observer");
    world.journal.isHolding = true;
    for (const amount of [1, 2]) world.virtual.tell(account, { kind: "tellOf", observer, amount });
    await world.virtual.settle();
    assert.deepEqual(world.virtual.notes("/observer"), []);
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual(world.virtual.notes("/observer"), ["ana has 1", "ana has 3"]);
  });

  it("brings about nothing else before it is stored: no question, no timer, no watch", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const other = world.virtual.spawn("other");
    const gone = world.virtual.spawn("gone");
    world.virtual.tell(
      gone,
      work((context) => context.stopSelf()),
    );
    await world.virtual.settle();
    world.journal.isHolding = true;
    const after: Act = (context) => {
      const asked = question((asking, { notes }) => {
        notes.push("asked");
        asking.reply(answer());
      });
      context.ask(other, asked, () => ({ kind: "interestDue" }));
      context.startTimer("t", 10, { kind: "interestDue" });
      context.startTimer("never", 10, { kind: "interestDue" });
      context.stopTimer("never");
      context.watch(gone, { kind: "interestDue" });
      context.tell(other, note(`${context.id} ${context.self.address} ${context.wallMs()}`));
    };
    world.virtual.tell(account, { kind: "act", after });
    await world.virtual.advance(500);
    assert.deepEqual(world.virtual.notes("/other"), []);
    world.journal.letGo();
    await world.virtual.advance(20);
    assert.deepEqual(world.virtual.notes("/other"), ["asked", "ana entity:account/ana 0"]);
    assert.equal(
      world.virtual.node(PATH).details?.["balance"],
      4,
      "its own, the answer, the timer, the watch",
    );
  });

  it("holds back the answer to an earlier question that it brought about", async () => {
    const world = new EntityWorld();
    const bell = world.host.offer(Bell).entity("door");
    let told: unknown;
    void world.virtual.ask(bell, { kind: "wait" }).then(({ times }) => (told = times));
    await world.virtual.settle();
    world.journal.isHolding = true;
    world.virtual.tell(bell, { kind: "ring" });
    await world.virtual.settle();
    assert.equal(world.journal.heldCount, 1);
    assert.equal(told, undefined);
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(told, 1);
  });

  it("holds back what is answered from outside while it is on its way", async () => {
    const world = new EntityWorld();
    const duties: Duty[] = [];
    const bell = world.host.offer({ ...Bell, initialState: () => ({ times: 0, waiting: duties }) });
    let told: unknown;
    void world.virtual.ask(bell.entity("door"), { kind: "wait" }).then(({ times }) => (told = times));
    await world.virtual.settle();
    world.journal.isHolding = true;
    const [duty] = duties.splice(0);
    world.virtual.tell(bell.entity("door"), { kind: "ring" });
    await world.virtual.settle();
    duty?.reply({ kind: "rung", times: 7 });
    await world.virtual.settle();
    assert.equal(told, undefined);
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(told, 7);
  });

  it("is not answered from outside either once its node may not act for it", async () => {
    const owners = new LeasedOwner(OWNER);
    const world = new EntityWorld({ owners });
    const duties: Duty[] = [];
    const bell = world.host.offer(bellOf(duties)).entity("one");
    const ended: unknown[] = [];
    for (let asks = 2; asks > 0; asks--) {
      void world.virtual.ask(bell, { kind: "wait" }).then(
        ({ times }) => ended.push(times),
        (error: unknown) => ended.push(isFault(error, "fenced")),
      );
    }
    await world.virtual.settle();
    duties[0]?.reply({ kind: "rung", times: 1 });
    await world.virtual.settle();
    assert.deepEqual(ended, [1]);
    owners.isLeased = false;
    duties[1]?.reply({ kind: "rung", times: 2 });
    await world.virtual.settle();
    assert.deepEqual(ended, [1, true]);
  });

  it("does not wait for other entities", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    await world.open("bo");
    world.journal.isHolding = true;
    const told: string[] = [];
    void world.deposit("ana", 1).then(() => told.push("ana"));
    void world.deposit("bo", 1).then(() => told.push("bo"));
    await world.virtual.settle();
    world.journal.answer("bo");
    await world.virtual.settle();
    assert.deepEqual(told, ["bo"]);
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual(told, ["bo", "ana"]);
  });

  it("waits in the mailbox when too much is on its way, and is taken up again", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told: unknown[] = [];
    for (let count = 0; count < 300; count++) {
      void world.deposit("ana", 1).then((balance) => told.push(balance));
    }
    await world.virtual.settle();
    assert.equal(world.journal.heldCount, 256);
    assert.equal(world.virtual.node(PATH).mailbox.depth, 300 - 256);
    world.journal.letGo();
    await world.virtual.settle();
    assert.deepEqual(
      told,
      Array.from({ length: 300 }, (_, index) => index + 1),
    );
    assert.equal(world.virtual.node(PATH).mailbox.depth, 0);
  });

  it("does not let reads pile up without bound behind a slow journal", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told: unknown[] = [];
    void world.deposit("ana", 1);
    for (let count = 0; count < 300; count++) void world.balance("ana").then((balance) => told.push(balance));
    await world.virtual.settle();
    assert.equal(world.virtual.node(PATH).mailbox.depth, 301 - 256);
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(told.length, 300);
  });
});

describe("an entity whose decision is not stored", () => {
  for (const fate of ["conflict", "failed"] as const) {
    it(`forgets it, with all that was decided on top, and loads again (${fate})`, async () => {
      const world = new EntityWorld();
      await world.open("ana");
      await Promise.all([world.deposit("ana", 10), world.virtual.settle()]);
      world.journal.fates.push("stored", fate);
      world.journal.isHolding = true;
      const told = [
        world.deposit("ana", 1),
        world.deposit("ana", 2),
        world.deposit("ana", 3),
        world.balance("ana"),
      ];
      await world.virtual.settle();
      world.journal.letGo();
      await world.virtual.advance(500);
      assert.deepEqual(await Promise.all(told), [11, "notStored", "notStored", "notStored"]);
      const balance = world.balance("ana");
      await world.virtual.settle();
      assert.equal(await balance, 11);
      assert.equal(world.virtual.node(PATH).restarts, 1);
      assert.equal(world.virtual.events.filter((event) => event === "entity.notStored").length, 1);
      assert.equal((await world.history("ana")).length, 3);
    });
  }

  it("finds what was stored although the answer was lost", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.fates.push("storedUnheard");
    const told = world.deposit("ana", 7);
    await world.virtual.advance(1_000);
    assert.equal(await told, "notStored");
    const balance = world.balance("ana");
    await world.virtual.settle();
    assert.equal(await balance, 7);
  });

  it("loads only when all that was on its way has been decided", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.fates.push("storedUnheard");
    world.journal.isHolding = true;
    const told = [world.deposit("ana", 7), world.deposit("ana", 5)];
    await world.virtual.settle();
    world.journal.answer();
    await world.virtual.advance(200);
    assert.deepEqual(await Promise.all(told), ["notStored", "notStored"]);
    assert.equal(world.virtual.node(PATH).state, "starting");
    assert.equal(world.journal.loads, 1);
    world.journal.letGo();
    await world.virtual.settle();
    const balance = world.balance("ana");
    await world.virtual.settle();
    assert.equal(await balance, 12);
    assert.equal(world.virtual.node(PATH).restarts, 1);
  });

  it("handles the mail that waited once it has loaded again", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.fates.push("failed");
    const first = world.deposit("ana", 7);
    await world.virtual.round();
    await world.virtual.round();
    const second = world.deposit("ana", 5);
    await world.virtual.advance(1_000);
    assert.deepEqual(await Promise.all([first, second]), ["notStored", 5]);
  });

  it("leaves memory when another process owns it", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.fates.push("fenced");
    const told = world.deposit("ana", 7);
    await world.virtual.settle();
    assert.equal(await told, "fenced");
    assert.equal(world.virtual.system.describe({ path: PATH }), undefined);
    assert.ok(world.virtual.events.includes("entity.fenced"));
    assert.equal(world.host.activeCount, 0);
  });
});

describe("an entity that the journal does not answer", () => {
  it("has stalled when the deadline has passed, and goes on with what is stored", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.fates.push("unanswered");
    const told = world.virtual
      .ask(world.account("ana"), { kind: "deposit", amount: 7 }, { deadlineMs: 60_000 })
      .catch((error: unknown) => (error as { code: string }).code);
    await world.virtual.advance(29_999);
    assert.equal(world.virtual.system.stalls.total, 0);
    await world.virtual.advance(1_000);
    assert.equal(world.virtual.system.stalls.recent()[0]?.silence, "work");
    assert.equal(await told, "notStored");
    await world.virtual.advance(40_000);
    const balance = world.balance("ana");
    await world.virtual.advance(1_000);
    assert.equal(await balance, 7);
    assert.equal(world.virtual.system.quarantine.size, 0, "no message is blamed for the journal");
  });

  it("is left alone as long as it gets answers", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told = [1, 2, 3, 4].map((amount) =>
      world.virtual.ask(world.account("ana"), { kind: "deposit", amount }, { deadlineMs: 600_000 }),
    );
    for (let count = 0; count < 4; count++) {
      await world.virtual.advance(29_000);
      world.journal.answer();
    }
    await world.virtual.settle();
    assert.equal(world.virtual.system.stalls.total, 0);
    assert.equal((await Promise.all(told)).length, 4);
  });
});

describe("an entity that crashes", () => {
  for (const where of ["decide", "evolve", "after"] as const) {
    it(`is built again from what is stored (in ${where})`, async () => {
      const world = new EntityWorld();
      const account = await world.open("ana");
      const before = world.deposit("ana", 3);
      world.virtual.tell(account, { kind: "fail", where });
      const after = world.balance("ana");
      await world.virtual.advance(500);
      assert.equal(await before, 3, "what was decided before is stored and answered");
      assert.equal(await after, 3);
      assert.equal(world.virtual.node(PATH).restarts, 1);
      assert.equal((await world.history("ana")).length, 2, "what failed has stored nothing");
    });
  }

  it("says the rest of what it had decided, although one thing that it says fails", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    world.journal.isHolding = true;
    const after: Act = (context) => context.startTimer("never", Number.NaN, { kind: "interestDue" });
    for (let count = 0; count < 2; count++) world.virtual.tell(account, { kind: "act", after });
    const told = world.deposit("ana", 3);
    world.virtual.tell(account, { kind: "fail", where: "decide" });
    await world.virtual.settle();
    world.journal.answer();
    await world.virtual.settle();
    world.journal.letGo();
    await world.virtual.advance(500);
    assert.equal(await told, 5);
  });

  it("answers what it had decided before, although the answer of the journal comes later", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    world.journal.isHolding = true;
    const before = world.deposit("ana", 3);
    world.virtual.tell(account, { kind: "fail", where: "decide" });
    await world.virtual.settle();
    assert.equal(world.virtual.node(PATH).state, "restarting");
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(await before, 3);
    assert.equal(world.journal.loads, 1, "and does not load before it is decided what is stored");
    await world.virtual.advance(200);
    assert.equal(world.journal.loads, 2);
  });
});
