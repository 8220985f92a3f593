import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import { entityKey } from "../../../runtime/persistence/entity-address.ts";
import type { Append, Journal, JournalRecord, Owner, Stored } from "../../../runtime/persistence/journal.ts";
import { ModelEntity } from "./model-entity.ts";
import type { Step } from "./model-entity.ts";

/** A journal under test, empty or at least without the entities that the suite makes up. */
export interface OpenedJournal {
  readonly journal: Journal;
  /** Makes an owner of the entity that fences all owners before it. */
  readonly claim: (entity: EntityAddress) => Promise<Owner>;
  /** Ends it and removes what it has left. */
  dispose(): Promise<void>;
}

const LONG_MS = 120_000;
/** On a slow disk fewer runs have to do, and the search for a smaller example ends. */
const PROPERTY_MS = 30_000;
const AT_MS = 1_700_000_000_000;

/** What every journal promises: the same tests for each adapter. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>): void {
  describe(`the journal contract: ${name}`, { timeout: LONG_MS }, () => {
    let opened: OpenedJournal;
    before(async () => {
      opened = await open();
    });
    after(() => opened.dispose());
    const suite = (): OpenedJournal => opened;
    appends(suite);
    owners(suite);
    loading(suite);
    snapshots(suite);
    removal(suite);
    listing(suite);
    limits(suite);
    model(suite);
  });
}

type Suite = () => OpenedJournal;

function entity(type = "chat-room"): EntityAddress {
  return { type, id: `made up/${randomUUID()} {中}` };
}

function bytes(said: string): Uint8Array {
  return new TextEncoder().encode(said);
}

function text(record: { readonly bytes: Uint8Array }): string {
  return new TextDecoder().decode(record.bytes);
}

function appending(address: EntityAddress, owner: Owner, expectedVersion: number): Append {
  const said = bytes(`step ${expectedVersion + 1}`);
  return { entity: address, owner, expectedVersion, bytes: said, atMs: AT_MS, durability: "fsync" };
}

/** Appends so many records, one after the other without waiting. */
async function fill(journal: Journal, address: EntityAddress, owner: Owner, count: number): Promise<void> {
  const steps = Array.from({ length: count }, (_, index) => journal.append(appending(address, owner, index)));
  for (const [index, step] of (await Promise.all(steps)).entries()) {
    assert.deepEqual(step, { kind: "appended", version: index + 1 });
  }
}

async function allRecords(journal: Journal, address: EntityAddress): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const page of (await journal.load(address)).pages) records.push(...page);
  return records;
}

function appends(suite: Suite): void {
  describe("an append", () => {
    it("stores bytes, time and version as they were given", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      const said = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
      const append = { ...appending(room, owner, 0), bytes: said };
      assert.deepEqual(await journal.append(append), { kind: "appended", version: 1 });
      const [record] = await allRecords(journal, room);
      assert.deepEqual([...(record?.bytes ?? [])], [...said]);
      assert.equal(record?.atMs, AT_MS);
      assert.equal(record.version, 1);
    });

    it("keeps its bytes even when the caller uses its buffer again", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const buffer = bytes("before");
      const appended = journal.append({ ...appending(room, await claim(room), 0), bytes: buffer });
      buffer.fill(0);
      await appended;
      assert.deepEqual((await allRecords(journal, room)).map(text), ["before"]);
    });

    it("may be empty", async () => {
      const { journal, claim } = suite();
      const room = entity();
      await journal.append({ ...appending(room, await claim(room), 0), bytes: new Uint8Array() });
      assert.deepEqual((await allRecords(journal, room)).map(text), [""]);
    });

    it("is decided in the order of the calls, without waiting for the one before", async () => {
      const { journal, claim } = suite();
      const room = entity();
      await fill(journal, room, await claim(room), 40);
      const versions = (await allRecords(journal, room)).map(({ version }) => version);
      assert.deepEqual(
        versions,
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
    });

    it("that expects another version is a conflict, which names the version and stores nothing", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 2);
      for (const expected of [0, 1, 3]) {
        const answer = await journal.append(appending(room, owner, expected));
        assert.deepEqual(answer, { kind: "conflict", version: 2 });
      }
      assert.equal((await allRecords(journal, room)).length, 2);
    });

    it("that is refused refuses all that were sent after it", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      const answers = await Promise.all(
        [0, 2, 3, 4].map((expected) => journal.append(appending(room, owner, expected))),
      );
      assert.deepEqual(
        answers.map(({ kind }) => kind),
        ["appended", "conflict", "conflict", "conflict"],
      );
      assert.equal((await journal.load(room)).version, 1);
    });

    it("of one entity does not touch another", async () => {
      const { journal, claim } = suite();
      const rooms = [entity(), entity("chat"), entity("chat-room-2")];
      for (const room of rooms) await fill(journal, room, await claim(room), 3);
      for (const room of rooms) assert.equal((await allRecords(journal, room)).length, 3);
    });

    it("with each durability that the journal can promise is acknowledged", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      for (const [index, durability] of (["memory", "periodic", "fsync"] as const).entries()) {
        const answer = await journal.append({ ...appending(room, owner, index), durability });
        assert.deepEqual(answer, { kind: "appended", version: index + 1 });
      }
    });
  });
}

function owners(suite: Suite): void {
  describe("an owner", () => {
    it("is fenced once a later one has written, by name", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const first = await claim(room);
      await fill(journal, room, first, 1);
      const second = await claim(room);
      await journal.append(appending(room, second, 1));
      assert.deepEqual(await journal.append(appending(room, first, 2)), { kind: "fenced", by: second });
      assert.deepEqual(await journal.append(appending(room, first, 1)), { kind: "fenced", by: second });
      const snapshot = { version: 1, bytes: bytes("old"), keepFrom: 1 };
      const refused: Stored = { kind: "fenced", by: second };
      assert.deepEqual(await journal.snapshot({ entity: room, owner: first, ...snapshot }), refused);
      assert.deepEqual(await journal.remove({ entity: room, owner: first }), refused);
      assert.deepEqual((await allRecords(journal, room)).map(text), ["step 1", "step 2"]);
    });

    it("with the epoch of another one is fenced", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 1);
      const namesake = { ...owner, incarnation: `${owner.incarnation}-other` };
      const answer = await journal.append(appending(room, namesake, 1));
      assert.deepEqual(answer, { kind: "fenced", by: owner });
    });
  });
}

function loading(suite: Suite): void {
  describe("loading and reading", () => {
    it("finds nothing of an unknown entity", async () => {
      const { journal } = suite();
      const loaded = await journal.load(entity());
      assert.equal(loaded.version, 0);
      assert.equal(loaded.snapshot, undefined);
      for await (const page of loaded.pages) assert.fail(`a page of ${page.length}`);
      assert.deepEqual(await journal.read(entity(), { fromVersion: 1, limit: 10 }), []);
    });

    it("sees what was appended just before, though nobody has waited for it", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      const appended = journal.append(appending(room, owner, 0));
      assert.equal((await journal.load(room)).version, 1);
      await appended;
    });

    it("gives a long history in pages, complete and in order", async () => {
      const { journal, claim } = suite();
      const room = entity();
      await fill(journal, room, await claim(room), 700);
      const records = await allRecords(journal, room);
      assert.equal(records.length, 700);
      assert.ok(records.every(({ version }, index) => version === index + 1));
    });

    it("pages through a history", async () => {
      const { journal, claim } = suite();
      const room = entity();
      await fill(journal, room, await claim(room), 25);
      const page = await journal.read(room, { fromVersion: 11, limit: 5 });
      assert.deepEqual(page.map(text), ["step 11", "step 12", "step 13", "step 14", "step 15"]);
      assert.equal((await journal.read(room, { fromVersion: 24, limit: 5 })).length, 2);
      assert.deepEqual(await journal.read(room, { fromVersion: 26, limit: 5 }), []);
    });

    it("gives large records a few at a time, and all of them", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      const large = new Uint8Array(1_000_000).fill(1);
      for (let version = 0; version < 12; version++) {
        await journal.append({ ...appending(room, owner, version), bytes: large });
      }
      const page = await journal.read(room, { fromVersion: 1, limit: 12 });
      assert.ok(page.length >= 1 && page.length <= 6, `${page.length} megabytes at once`);
      const rest = await journal.read(room, { fromVersion: page.length + 1, limit: 1 });
      assert.deepEqual(
        rest.map(({ version }) => version),
        [page.length + 1],
      );
      assert.equal((await allRecords(journal, room)).length, 12);
    });
  });
}

function snapshots(suite: Suite): void {
  describe("a snapshot", () => {
    it("is loaded with the records after it alone", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 5);
      const snapshot = { entity: room, owner, version: 3, bytes: bytes("three"), keepFrom: 1 };
      assert.deepEqual(await journal.snapshot(snapshot), { kind: "stored" });
      const loaded = await journal.load(room);
      assert.equal(loaded.version, 5);
      assert.equal(loaded.snapshot?.version, 3);
      assert.equal(text(loaded.snapshot), "three");
      assert.deepEqual((await allRecords(journal, room)).map(text), ["step 4", "step 5"]);
      assert.equal((await journal.read(room, { fromVersion: 1, limit: 10 })).length, 5);
    });

    it("takes no record from a load that begins while it is on its way", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      for (let round = 1; round <= 20; round++) {
        const version = round * 5;
        for (let at = version - 5; at < version; at++) await journal.append(appending(room, owner, at));
        const stored = journal.snapshot({
          entity: room,
          owner,
          version,
          bytes: bytes("s"),
          keepFrom: version + 1,
        });
        const records = await allRecords(journal, room);
        assert.ok(records.length === 0 || records.length === 5, `${records.length} records`);
        await stored;
      }
    });

    it("removes the records before the one to keep, and the next append goes on from there", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 5);
      await journal.snapshot({ entity: room, owner, version: 5, bytes: bytes("five"), keepFrom: 6 });
      assert.deepEqual(await journal.read(room, { fromVersion: 1, limit: 10 }), []);
      assert.equal((await journal.load(room)).version, 5);
      const answer = await journal.append(appending(room, owner, 5));
      assert.deepEqual(answer, { kind: "appended", version: 6 });
      assert.deepEqual((await allRecords(journal, room)).map(text), ["step 6"]);
    });

    it("that is older than the stored one changes nothing", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 5);
      await journal.snapshot({ entity: room, owner, version: 4, bytes: bytes("four"), keepFrom: 3 });
      await journal.snapshot({ entity: room, owner, version: 2, bytes: bytes("two"), keepFrom: 1 });
      assert.equal((await journal.load(room)).snapshot?.version, 4);
      const kept = await journal.read(room, { fromVersion: 1, limit: 10 });
      assert.deepEqual(
        kept.map(({ version }) => version),
        [3, 4, 5],
      );
    });

    it("of a version that is not stored is a conflict", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 2);
      const ahead = { entity: room, owner, version: 3, bytes: bytes("three"), keepFrom: 1 };
      assert.deepEqual(await journal.snapshot(ahead), { kind: "conflict", version: 2 });
      assert.equal((await journal.load(room)).snapshot, undefined);
    });

    it("cannot cost records that it does not hold", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 3);
      const greedy = { entity: room, owner, version: 2, bytes: bytes("two"), keepFrom: 4 };
      await assert.rejects(journal.snapshot(greedy), RangeError);
      assert.equal((await allRecords(journal, room)).length, 3);
    });
  });
}

function removal(suite: Suite): void {
  describe("a removal", () => {
    it("forgets records and snapshot, and the entity begins anew", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 3);
      await journal.snapshot({ entity: room, owner, version: 2, bytes: bytes("two"), keepFrom: 1 });
      assert.deepEqual(await journal.remove({ entity: room, owner }), { kind: "stored" });
      const loaded = await journal.load(room);
      assert.equal(loaded.version, 0);
      assert.equal(loaded.snapshot, undefined);
      const listed = await journal.list(room.type, { limit: 10_000 });
      assert.ok(!listed.some((entry) => entry.entity.id === room.id));
      await fill(journal, room, owner, 1);
    });

    it("with an append right behind it leaves the entity in the list", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      await fill(journal, room, owner, 2);
      const steps = [journal.remove({ entity: room, owner }), journal.append(appending(room, owner, 0))];
      assert.deepEqual(
        (await Promise.all<{ kind: string }>(steps)).map(({ kind }) => kind),
        ["stored", "appended"],
      );
      const listed = await journal.list(room.type, { limit: 10_000 });
      assert.ok(listed.some((entry) => entry.entity.id === room.id));
    });
  });
}

function listing(suite: Suite): void {
  describe("the list of entities", () => {
    it("holds those of a type with version and snapshot, in the order of their keys, in pages", async () => {
      const { journal, claim } = suite();
      const type = `listed-${process.pid}`;
      const ids = ["b", "a", "B", "a b", "中", "a/b", "a-b"];
      for (const id of ids) {
        const address = { type, id };
        await fill(journal, address, await claim(address), 2);
      }
      const other = { type: `${type}-x`, id: "a" };
      const owner = await claim(other);
      await fill(journal, other, owner, 1);
      await journal.snapshot({ entity: other, owner, version: 1, bytes: bytes("one"), keepFrom: 2 });

      const all = await journal.list(type, { limit: 100 });
      const keys = ids.map((id) => entityKey({ type, id })).toSorted((a, b) => (a < b ? -1 : 1));
      assert.deepEqual(
        all.map((entry) => entityKey(entry.entity)),
        keys,
      );
      assert.ok(all.every(({ version, snapshotVersion }) => version === 2 && snapshotVersion === undefined));

      const paged = [];
      for (let page = all.slice(0, 0); ;) {
        const last = page.at(-1);
        const from = last === undefined ? {} : { after: last.entity };
        page = [...(await journal.list(type, { ...from, limit: 3 }))];
        if (page.length === 0) break;
        assert.ok(page.length <= 3);
        paged.push(...page);
      }
      assert.deepEqual(paged, all);
      assert.deepEqual(await journal.list(other.type, { limit: 5 }), [
        { entity: other, version: 1, snapshotVersion: 1 },
      ]);
      const everything = await journal.list(undefined, { limit: 100_000 });
      const everyKey = everything.map((entry) => entityKey(entry.entity));
      assert.deepEqual(
        everyKey,
        everyKey.toSorted((a, b) => (a < b ? -1 : 1)),
      );
      assert.ok(everyKey.includes(entityKey(other)));
    });
  });
}

function limits(suite: Suite): void {
  describe("what no journal takes", () => {
    it("is refused by name: an address, a size", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const owner = await claim(room);
      const nowhere = { type: "Chat Room", id: "" };
      await assert.rejects(journal.append(appending(nowhere, owner, 0)), { code: "addressInvalid" });
      await assert.rejects(journal.load(nowhere), { code: "addressInvalid" });
      const large = new Uint8Array(1_048_577);
      await assert.rejects(journal.append({ ...appending(room, owner, 0), bytes: large }), {
        code: "recordTooLarge",
      });
      assert.equal((await journal.load(room)).version, 0);
    });

    it("takes the largest record there may be", async () => {
      const { journal, claim } = suite();
      const room = entity();
      const large = new Uint8Array(1_048_576).fill(7);
      await journal.append({ ...appending(room, await claim(room), 0), bytes: large });
      const [record] = await allRecords(journal, room);
      assert.deepEqual(Buffer.compare(record?.bytes ?? new Uint8Array(), large), 0);
    });
  });
}

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      ahead: fc.constantFrom(0, 0, 0, 0, 1, -1),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("snapshot" as const),
      back: fc.integer({ min: -1, max: 3 }),
      keep: fc.integer({ min: 0, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "remove" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "claim" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "stale" as const }) },
);

function model(suite: Suite): void {
  it("agrees with a simple model on any sequence of steps", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { journal, claim } = suite();
        const room = entity();
        const compared = new ModelEntity(room, journal, () => claim(room));
        await compared.begin();
        for (const step of steps) await compared.take(step);
        await compared.compare();
      }),
      { numRuns: 40, plugins: [fc.interruptAfterTimeLimit(PROPERTY_MS)] },
    );
  });
}
