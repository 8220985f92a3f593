import assert from "node:assert/strict";
import { Packr } from "msgpackr";
import { describe, it } from "node:test";
import { defineEntity } from "../../../../runtime/actor/define-entity.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { EntityHost } from "../../../../runtime/sharding/entity-host.ts";
import { OneOwner } from "../../../../runtime/sharding/entity-owners.ts";
import { Account, AccountEvents, AccountProtocol } from "../../../support/account.ts";
import { EntityWorld, OWNER } from "../../../support/entity-world.ts";
import { ScriptedJournal } from "../../../support/scripted-journal.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const PATH = "/entities/account/ana";
const packr = new Packr({ useRecords: false });
const pack = (value: unknown): Uint8Array => packr.pack(value);

/** An account that has had so many deposits of 1. */
async function deposited(count: number): Promise<EntityWorld> {
  const world = new EntityWorld();
  await world.open("ana");
  for (let step = 0; step < count; step++) void world.deposit("ana", 1);
  await world.virtual.settle();
  return world;
}

async function balanceIn(world: EntityWorld): Promise<number | string> {
  const balance = world.balance("ana");
  await world.virtual.advance(100);
  return balance;
}

describe("an entity of which nothing is stored", () => {
  it("does not begin in a store that has lost what it held, unless nobody was promised anything", async () => {
    const world = await deposited(2);
    const kept = world.host.offer({ ...Account, type: "kept", durability: "fsync" });
    const open = async (): Promise<string> => {
      const opened = world.virtual.ask(kept.entity("new"), { kind: "open", owner: "Ana" });
      const outcome = opened.then(
        ({ kind }) => kind,
        (error: unknown) => (error as Fault).code,
      );
      await world.virtual.advance(100);
      return outcome;
    };
    world.journal.isLost = true;
    assert.equal(await open(), "stateLost");
    await world.open("of no durability");
    assert.equal(await balanceIn(world), 2, "those that are stored go on");
    world.journal.isLost = false;
    assert.equal(await open(), "opened", "it begins as soon as it may");
    assert.ok(!world.virtual.events.includes("entity.unreadable"), "it is told once, by whoever watches");
  });
});

describe("an entity that is loaded", () => {
  it("is the fold of its records, and runs neither decisions nor their effects again", async () => {
    const world = new EntityWorld();
    const observer = world.virtual.spawn("observer");
    world.virtual.tell(world.account("ana"), { kind: "tellOf", observer, amount: 3 });
    await world.virtual.settle();
    const next = await world.reborn();
    const again = next.virtual.spawn("observer");
    assert.equal(await balanceIn(next), 3);
    assert.deepEqual(next.virtual.notes("/observer"), []);
    assert.ok(again.address);
    assert.equal(next.journal.appends.length, 1);
  });

  it("takes a snapshot every so many records, and begins the next load there", async () => {
    const world = await deposited(5);
    assert.deepEqual(
      world.journal.snapshots.map(({ version, keepFrom }) => ({ version, keepFrom })),
      [{ version: 5, keepFrom: 6 }],
    );
    assert.deepEqual(
      (await world.history("ana")).length,
      1,
      "the records that the snapshot makes needless are gone",
    );
    const next = await world.reborn();
    assert.equal(await balanceIn(next), 5);
    assert.equal(next.virtual.node(PATH).details?.["version"], 6);
  });

  it("stores no snapshot of what is not stored itself", async () => {
    const world = await deposited(3);
    world.journal.isHolding = true;
    world.journal.fates.push("failed");
    const told = world.deposit("ana", 100);
    await world.virtual.settle();
    assert.deepEqual(world.journal.snapshots, []);
    world.journal.letGo();
    await world.virtual.advance(500);
    assert.equal(await told, "notStored");
    assert.deepEqual(world.journal.snapshots, []);
  });

  it("is replayed from its first record when its snapshot is of no use", async () => {
    const world = await deposited(3);
    const write = { entity: { type: "account", id: "ana" }, owner: OWNER, version: 4, keepFrom: 1 };
    for (const bytes of [
      pack({ v: 9, s: ["Ana", 77], r: [] }),
      pack({ v: 1, s: undefined, r: [] }),
      pack("?"),
    ]) {
      await world.journal.stored.snapshot({ ...write, bytes });
      const next = await world.reborn();
      assert.equal(await balanceIn(next), 3);
      assert.ok(next.virtual.events.includes("entity.snapshotUnfit"));
    }
  });

  it("tells once that its snapshot is of no use, also when that came with the claim", async () => {
    const world = await deposited(3);
    const snapshot = { version: 4, bytes: pack("?") };
    await world.journal.stored.snapshot({
      entity: { type: "account", id: "ana" },
      owner: OWNER,
      keepFrom: 1,
      ...snapshot,
    });
    const next = await world.reborn();
    const loadedAhead = () => ({ owner: OWNER, version: 4, snapshot, records: [] });
    Object.assign(next.journal, { loadedAhead });
    assert.equal(await balanceIn(next), 3);
    assert.deepEqual(
      next.virtual.events.filter((event) => event === "entity.snapshotUnfit"),
      ["entity.snapshotUnfit"],
    );
  });

  it("is refused in words when neither its snapshot nor its first records are of use", async () => {
    const world = await deposited(3);
    const write = { entity: { type: "account", id: "ana" }, owner: OWNER, version: 4, keepFrom: 5 };
    await world.journal.stored.snapshot({ ...write, bytes: pack("?") });
    const next = await world.reborn();
    assert.equal(await balanceIn(next), "entityUnreadable", "at once, and not when the deadline is over");
    const { fields } = next.virtual.log.lines.find(({ event }) => event === "entity.unreadable") ?? {};
    assert.match(String(fields?.["err"]), /its snapshot is unfit, and the records before it are gone/);
    assert.equal(next.host.activeCount, 0, "it is tried again by its next message");
    assert.equal(await balanceIn(next), "entityUnreadable");
  });

  it("is refused in words when records between are gone", async () => {
    const world = await deposited(3);
    const write = { entity: { type: "account", id: "ana" }, owner: OWNER, version: 4, keepFrom: 3 };
    await world.journal.stored.snapshot({ ...write, bytes: pack("?") });
    const next = await world.reborn();
    assert.equal(await balanceIn(next), "entityUnreadable");
    const { fields } = next.virtual.log.lines.find(({ event }) => event === "entity.unreadable") ?? {};
    assert.match(String(fields?.["err"]), /record 3 follows record 0/);
  });

  it("is refused in words when its snapshot is of no use, and the last records are gone", async () => {
    const world = await deposited(3);
    const write = { entity: { type: "account", id: "ana" }, owner: OWNER, version: 4, keepFrom: 1 };
    await world.journal.stored.snapshot({ ...write, bytes: pack("?") });
    const next = await world.reborn();
    next.journal.read = async (entity, page) => {
      const records = await next.journal.stored.read(entity, page);
      return records.filter(({ version }) => version <= 2);
    };
    assert.equal(await balanceIn(next), "entityUnreadable", "and not as it was two deposits ago");
  });

  it("says which record it cannot read, and why", async () => {
    for (const [bytes, text] of [
      [pack({ v: 2, e: [{ kind: "deposited", amount: "many" }] }), /record 1: "deposited" \/amount must be/],
      [pack({ v: 2, e: [{ kind: "stolen" }] }), /record 1: "stolen" \/kind/],
      [pack({ v: 3, e: [] }), /record 1: account 3 is newer than 2/],
      [pack("?"), /record 1: the bytes are no record/],
    ] as const) {
      const world = new EntityWorld();
      await world.store("ana", 0, bytes);
      assert.equal(await balanceIn(world), "entityUnreadable");
      const { fields } = world.virtual.log.lines.find(({ event }) => event === "entity.unreadable") ?? {};
      assert.match(String(fields?.["err"]), text);
    }
  });

  it("lifts events of earlier versions, and leaves out those that mean nothing any more", async () => {
    const world = new EntityWorld();
    await world.store("ana", 0, pack({ v: 1, e: [{ kind: "opened", owner: "Ana" }] }));
    await world.store(
      "ana",
      1,
      pack({ v: 1, e: [{ kind: "deposited", amount: "12" }, { kind: "audited" }] }),
    );
    assert.equal(await balanceIn(world), 12);
  });

  it("lifts a snapshot of an earlier version", async () => {
    const journal = new ScriptedJournal();
    const virtual = new VirtualSystem();
    const host = new EntityHost({ system: virtual.system, journal, owners: new OneOwner(OWNER) });
    const entity = { type: "purse", id: "ana" };
    const append = { entity, owner: OWNER, expectedVersion: 0, atMs: 0, durability: "memory" } as const;
    await journal.stored.append({ ...append, bytes: pack({ v: 2, e: [] }) });
    const bytes = pack({ v: 1, s: "12", r: [] });
    await journal.stored.snapshot({ entity, owner: OWNER, version: 1, keepFrom: 2, bytes });
    const ana = host.offer(Purse, { limit: 20 }).entity("ana");
    const balance = virtual.ask(ana, { kind: "balance" });
    await virtual.settle();
    assert.equal((await balance).balance, 12);
    const refused = virtual.ask(ana, { kind: "deposit", amount: 9 });
    await virtual.settle();
    assert.deepEqual(await refused, { kind: "refused", code: "tooMuch" }, "its limit is 20");
  });

  it("waits, with its mail, until the journal is there again", async () => {
    const world = new EntityWorld();
    const unavailable = (): Fault => new Fault("journalUnavailable");
    world.journal.loadFaults.push(unavailable(), unavailable());
    const told = world.virtual.ask(world.account("ana"), { kind: "open", owner: "Ana" });
    await world.virtual.advance(400);
    assert.deepEqual(await told, { kind: "opened" });
    assert.equal(world.virtual.node(PATH).restarts, 2);
  });

  it("tells those who wait to try again when the journal stays away", async () => {
    const world = new EntityWorld();
    for (let tries = 0; tries < 6; tries++) world.journal.loadFaults.push(new Fault("journalUnavailable"));
    const told = world.balance("ana");
    await world.virtual.advance(4_900);
    assert.equal(await told, "entityPassive");
    assert.equal(await balanceIn(world), 0, "and is activated by the next message");
  });

  it("has stalled when the journal does not answer at all", async () => {
    const world = new EntityWorld();
    world.journal.load = () => new Promise(() => {});
    const told = world.balance("ana");
    await world.virtual.advance(30_100);
    assert.equal(world.virtual.system.stalls.total, 1);
    assert.equal(await told, "askTimeout");
    assert.equal(world.virtual.system.quarantine.size, 0);
    delete (world.journal as Partial<ScriptedJournal>).load;
    await world.virtual.advance(31_000);
    assert.equal(await balanceIn(world), 0);
  });
});

/** An account of another shape: its type, its arguments and its second snapshot version are its own. */
const Purse = defineEntity({
  protocol: AccountProtocol,
  events: AccountEvents,
  type: "purse",
  initialState: (_id: string, _args: { readonly limit: number }) => ({ held: 0 }),
  decide: {
    open: (_state) => ({ reply: { kind: "opened" } }),
    deposit(state, { amount }, { args }) {
      if (state.held + amount > args.limit) return { reply: { kind: "refused", code: "tooMuch" } };
      return { events: [{ kind: "deposited", amount }], reply: { kind: "balance", balance: 0 } };
    },
    withdraw: (_state) => ({ reply: { kind: "refused", code: "tooLittle" } }),
    balance: ({ held }) => ({ reply: { kind: "balance", balance: held } }),
    tellOf: () => {},
    close: () => {},
    act: () => {},
    fail: () => {},
    interestDue: () => {},
  },
  evolve: {
    opened: () => {},
    deposited: (state, { amount }) => void (state.held += amount),
    withdrawn: () => {},
    closed: () => {},
    failed: () => {},
  },
  snapshot: {
    version: 2,
    dump: ({ held }) => held,
    load: (data) => ({ held: data as number }),
    upcast: { 1: Number },
    everyRecords: 5,
  },
});
