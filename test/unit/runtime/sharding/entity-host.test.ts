import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { MemoryJournal } from "../../../../runtime/persistence/memory-journal.ts";
import type { EntityDefinition } from "../../../../runtime/actor/define-entity.ts";
import { EntityHost } from "../../../../runtime/sharding/entity-host.ts";
import { OneOwner } from "../../../../runtime/sharding/entity-owners.ts";
import { Account } from "../../../support/account.ts";
import type { AccountProtocol, Act } from "../../../support/account.ts";
import { EntityWorld, OWNER } from "../../../support/entity-world.ts";
import { answer, own, question, settled, work } from "../../../support/script.ts";
import { ScriptedJournal } from "../../../support/scripted-journal.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const PATH = "/entities/account/ana";

describe("an entity of this node", () => {
  it("has an address of its own, and is in memory from its first message on", async () => {
    const world = new EntityWorld();
    const account = world.account("a/b");
    assert.equal(account.address, "entity:account/a%2Fb");
    assert.equal(world.host.activeCount, 0);
    await world.open("a/b");
    assert.equal(world.host.activeCount, 1);
    const { type, details, state } = world.virtual.node("/entities/account/a$2fb");
    assert.deepEqual(
      { type, state, details },
      {
        type: "account",
        state: "running",
        details: { balance: 0, version: 1, uncommitted: 0 },
      },
    );
    assert.equal(world.host.find(Account.protocol), world.accounts);
  });

  it("is refused an id that no entity can have", () => {
    const world = new EntityWorld();
    for (const id of ["", "x".repeat(513), "\ud800"]) {
      assert.throws(
        () => world.account(id),
        (error) => error instanceof Fault && error.code === "addressInvalid",
      );
    }
  });

  it("takes mail while it is loaded, as much as its mailbox holds", async () => {
    const world = new EntityWorld();
    const account = world.account("ana");
    for (let count = 0; count < 10_000; count++) {
      assert.equal(world.virtual.tell(account, { kind: "close" }), "accepted");
    }
    assert.equal(world.virtual.tell(account, { kind: "close" }), "busy");
    assert.equal(world.virtual.node(PATH).state, "starting");
    await assert.rejects(world.virtual.ask(account, { kind: "balance" }), { code: "mailboxFull" });
  });

  it("ends questions when their time is up, also while it is loaded", async () => {
    const world = new EntityWorld();
    world.journal.load = () => new Promise(() => {});
    const told = world.balance("ana");
    await world.virtual.advance(5_000);
    assert.equal(await told, "askTimeout");
  });

  it("is asked by other actors as any actor is", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const asker = world.virtual.spawn("asker");
    world.virtual.tell(
      asker,
      work((context) =>
        context.pipeToSelf(
          context.ask(account, { kind: "balance" }).then(({ balance }) => ({ value: balance })),
          settled,
        ),
      ),
    );
    await world.virtual.settle();
    assert.deepEqual(world.virtual.notes("/asker"), ["ok 0"]);
  });
});

describe("an entity that nobody needs", () => {
  it("leaves memory, with a snapshot, and comes back as it was", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    void world.deposit("ana", 3);
    await world.virtual.advance(999);
    assert.equal(world.host.activeCount, 1);
    await world.virtual.advance(1_200);
    assert.equal(world.host.activeCount, 0);
    assert.equal(world.virtual.system.describe({ path: PATH }), undefined);
    assert.deepEqual(
      world.journal.snapshots.map(({ version }) => version),
      [2],
    );
    const balance = world.balance("ana");
    await world.virtual.settle();
    assert.equal(await balance, 3);
    await world.virtual.advance(3_000);
    assert.equal(world.journal.snapshots.length, 1, "nothing has happened since the last one");
  });

  it("is forgotten if it is of the moment, but not when it only makes room for another", async () => {
    const journal = new ScriptedJournal();
    const { virtual, host } = new EntityWorld({ journal, activeMax: 1 });
    const type = host.offer({ ...Account, type: "visit", isForgottenWhenIdle: true });
    const open = async (id: string): Promise<void> => {
      const opened = virtual.ask(type.entity(id), { kind: "open", owner: "Ana" });
      await virtual.settle();
      await opened;
    };
    await open("first");
    await open("second");
    const stored = async (): Promise<string[]> =>
      (await journal.list("visit", { limit: 10 })).map(({ entity }) => entity.id);
    assert.deepEqual(await stored(), ["first", "second"]);
    await virtual.advance(3_000);
    assert.deepEqual([host.activeCount, await stored()], [0, ["first"]]);
    await open("second");
    assert.equal((await journal.load({ type: "visit", id: "second" })).version, 1);
  });

  it("keeps as much of its history behind a snapshot as it says", async () => {
    const journal = new ScriptedJournal();
    const { virtual, host } = new EntityWorld({ journal });
    assert.ok(Account.snapshot);
    const snapshot = { ...Account.snapshot, keepHistory: 2 };
    const type = host.offer({ ...Account, type: "visit", snapshot });
    void virtual.ask(type.entity("ana"), { kind: "open", owner: "Ana" });
    for (let count = 1; count <= 4; count++) {
      void virtual.ask(type.entity("ana"), { kind: "deposit", amount: 1 });
    }
    await virtual.advance(3_000);
    const records = await journal.read({ type: "visit", id: "ana" }, { fromVersion: 1, limit: 10 });
    assert.deepEqual(
      records.map(({ version }) => version),
      [4, 5],
    );
  });

  it("stays as long as it is used, and as something is on its way to the journal", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    for (let step = 0; step < 10; step++) {
      void world.balance("ana");
      await world.virtual.advance(900);
    }
    world.journal.isHolding = true;
    world.virtual.tell(world.account("ana"), { kind: "close" });
    await world.virtual.advance(4_000);
    assert.equal(world.virtual.node(PATH).handled > 10, true, "it is still the same actor");
    world.journal.letGo();
    await world.virtual.advance(4_000);
    assert.equal(world.host.activeCount, 0);
  });

  it("stays as long as a timer runs, and as long as it watches somebody", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const watched = world.virtual.spawn("watched");
    const act = (after: Act): void => void world.virtual.tell(account, { kind: "act", after });
    act((context) => context.startTimer("t", 5_000, { kind: "interestDue" }));
    await world.virtual.advance(4_900);
    assert.equal(world.host.activeCount, 1);
    act((context) => context.watch(watched, { kind: "interestDue" }));
    await world.virtual.advance(10_000);
    assert.equal(world.host.activeCount, 1);
    act((context) => context.unwatch(watched));
    await world.virtual.advance(3_000);
    assert.equal(world.host.activeCount, 0);
    const balance = world.balance("ana");
    await world.virtual.settle();
    assert.equal(await balance, 4, "three acts, and the interest that the timer brought");
  });

  it("stays as long as a question of its own has no outcome", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const other = world.virtual.spawn("other");
    let answerNow = (): void => {};
    const asked = question((context) => {
      const later = context.replyLater();
      answerNow = () => later.reply(answer());
    });
    const after: Act = (context) => context.ask(other, asked, () => ({ kind: "interestDue" }));
    world.virtual.tell(account, { kind: "act", after });
    await world.virtual.advance(4_000);
    assert.equal(world.host.activeCount, 1);
    answerNow();
    await world.virtual.advance(4_000);
    assert.equal(world.host.activeCount, 0);
    const balance = world.balance("ana");
    await world.virtual.settle();
    assert.equal(await balance, 2, "the act, and what the answer brought");
  });

  it("leaves memory although no snapshot can be made of it, and none of its decisions fails for that", async () => {
    const world = new EntityWorld();
    const dump = (): never => {
      throw new Error("no dump");
    };
    const everyRecords = 2;
    const load = (): never => assert.fail("there is no snapshot");
    const Brittle: EntityDefinition<AccountProtocol> = {
      ...Account,
      type: "brittle",
      snapshot: { version: 1, dump, load, everyRecords },
    };
    const ana = world.host.offer(Brittle).entity("ana");
    const asked = [
      world.virtual.ask(ana, { kind: "open", owner: "Ana" }),
      ...[1, 2, 3, 4].map((amount) => world.virtual.ask(ana, { kind: "deposit", amount })),
    ];
    await world.virtual.settle();
    await Promise.all(asked);
    await world.virtual.advance(5_000);
    assert.equal(world.host.activeCount, 0);
    assert.equal(world.virtual.events.filter((event) => event === "entity.snapshotFailed").length, 3);
    const balance = world.virtual.ask(ana, { kind: "balance" });
    await world.virtual.settle();
    assert.equal((await balance).balance, 10);
  });

  it("loses no message that comes at the very moment", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    for (let offset = -3; offset <= 3; offset++) {
      await world.virtual.advance(5_000);
      const first = world.deposit("ana", 1);
      await world.virtual.advance(1_000 + offset);
      const second = world.deposit("ana", 1);
      await world.virtual.advance(200);
      assert.deepEqual([typeof (await first), typeof (await second)], ["number", "number"]);
    }
    const balance = world.balance("ana");
    await world.virtual.settle();
    assert.equal(await balance, 14);
    assert.equal(world.virtual.dead("leftInMailbox"), 0);
  });

  it("has to go first when there is no room for another, the one used longest ago before the others", async () => {
    const world = new EntityWorld({ activeMax: 2 });
    await world.open("ana");
    await world.open("bo");
    void world.balance("ana");
    await world.virtual.settle();
    await world.open("cy");
    assert.equal(world.host.activeCount, 2);
    assert.equal(world.virtual.system.describe({ path: "/entities/account/bo" }), undefined);
    assert.ok(world.virtual.system.describe({ path: PATH }));
  });

  it("makes others wait when it is not idle", async () => {
    const world = new EntityWorld({ activeMax: 1 });
    await world.open("ana");
    world.journal.isHolding = true;
    const told = world.deposit("ana", 1);
    await world.virtual.settle();
    assert.equal(world.virtual.tell(world.account("bo"), { kind: "close" }), "busy");
    assert.equal(await world.balance("bo"), "entitiesFull");
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(await told, 1);
    await world.open("bo");
  });
});

describe("whoever watches an entity", () => {
  it("is told once when it leaves memory, and at once when it is not there", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const watcher = world.virtual.spawn("watcher");
    world.virtual.tell(
      watcher,
      work((context) => context.watch(account, own("gone"))),
    );
    await world.virtual.settle();
    assert.deepEqual(world.virtual.notes("/watcher"), []);
    await world.virtual.advance(3_000);
    assert.deepEqual(world.virtual.notes("/watcher"), ["gone"]);
    world.virtual.tell(
      watcher,
      work((context) => context.watch(account, own("not there"))),
    );
    await world.virtual.settle();
    assert.deepEqual(world.virtual.notes("/watcher"), ["gone", "not there"]);
  });

  it("is not told of a restart, and may stop watching", async () => {
    const world = new EntityWorld();
    const account = await world.open("ana");
    const watcher = world.virtual.spawn("watcher");
    world.virtual.tell(
      watcher,
      work((context) => context.watch(account, own("gone"))),
    );
    world.virtual.tell(account, { kind: "fail", where: "decide" });
    await world.virtual.advance(200);
    assert.deepEqual(world.virtual.notes("/watcher"), []);
    world.virtual.tell(
      watcher,
      work((context) => context.unwatch(account)),
    );
    await world.virtual.advance(3_000);
    assert.deepEqual(world.virtual.notes("/watcher"), []);
  });
});

describe("the entities of a node that stops", () => {
  it("have said all that they decided before they are gone", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    const told = world.deposit("ana", 1);
    await world.virtual.settle();
    let isStopped = false;
    void world.host.stop().then(() => (isStopped = true));
    await world.virtual.settle();
    assert.equal(isStopped, false);
    assert.equal(await world.balance("ana"), "entityPassive", "nothing more is taken");
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(await told, 1);
    assert.equal(isStopped, true);
    await world.host.stop();
  });

  it("do not wait for a journal that does not answer, beyond the time for a stop", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.fates.push("unanswered");
    const told = world.deposit("ana", 1);
    await world.virtual.settle();
    const stopped = world.host.stop();
    await world.virtual.advance(5_000);
    await stopped;
    assert.equal(await told, "askTimeout");
  });

  it("are stopped by operators as any actor, and activated by the next message", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    void world.deposit("ana", 4);
    await world.virtual.settle();
    for (const act of ["stop", "restart", "suspend", "resume", "drain"] as const) {
      assert.equal(world.virtual.system.steering.steer(act, { path: PATH }).done, 1, act);
      await world.virtual.advance(100);
      if (act === "suspend") continue;
      const balance = world.balance("ana");
      await world.virtual.settle();
      assert.equal(await balance, 4, act);
    }
  });

  it("do not count as being in memory once those above them were replaced", async () => {
    const world = new EntityWorld();
    for (const id of ["ana", "bo"]) await world.open(id);
    for (const path of ["/entities/account", "/entities"]) {
      world.virtual.system.steering.steer("restart", { path });
      await world.virtual.settle();
      assert.equal(world.host.activeCount, 0, path);
      await Promise.all([world.balance("ana"), world.virtual.settle()]);
    }
  });

  it("are zombies only until the journal has answered, when nobody waited for that", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    world.journal.isHolding = true;
    void world.deposit("ana", 1);
    await world.virtual.settle();
    world.virtual.system.steering.steer("stop", { path: PATH });
    await world.virtual.advance(5_000);
    assert.equal(world.virtual.system.zombies.count, 1);
    world.journal.letGo();
    await world.virtual.settle();
    assert.equal(world.virtual.system.zombies.count, 0);
  });

  it("come back when their supervisor is restarted", async () => {
    const world = new EntityWorld();
    await world.open("ana");
    for (const path of ["/entities/account", "/entities"]) {
      world.virtual.system.steering.steer("restart", { path });
      await world.virtual.settle();
      const balance = world.balance("ana");
      await world.virtual.settle();
      assert.equal(await balance, 0, path);
      assert.equal(world.host.activeCount, 1);
    }
  });
});

describe("a type of entities", () => {
  it("is refused when the journal promises less than it asks for, and when it is offered twice", () => {
    const host = new EntityHost({
      system: new VirtualSystem().system,
      journal: new MemoryJournal(),
      owners: new OneOwner(OWNER),
    });
    const Durable: EntityDefinition<AccountProtocol> = { ...Account, durability: "fsync" };
    assert.throws(() => host.offer(Durable), { code: "durabilityMissing" });
    host.offer(Account);
    assert.throws(() => host.offer(Account), /account is offered twice/);
  });

  it("is refused when its definition says what cannot be", () => {
    const { host } = new EntityWorld();
    const snapshot = { version: 1, dump: () => 0, load: () => 0, everyRecords: 0 };
    for (const [unfit, text] of [
      [{ type: "Current Account" }, /entity Current Account: the type .* should be letters/],
      [{ type: "a", passivateAfterMs: 0 }, /entity a: passivateAfterMs must be at least 1, not 0/],
      [{ type: "a", passivateAfterMs: Number.POSITIVE_INFINITY }, /not Infinity/],
      [{ type: "a", snapshot }, /entity a: everyRecords must be at least 1, not 0/],
    ] as const) {
      const definition: EntityDefinition<AccountProtocol> = { ...Account, ...unfit };
      assert.throws(() => host.offer(definition), text);
    }
  });
});
