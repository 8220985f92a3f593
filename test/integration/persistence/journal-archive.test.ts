import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openRedisTarget } from "../../../deploy/journal/import-targets.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import type { Restoring } from "../../../runtime/persistence/entity-import.ts";
import { importArchive } from "../../../runtime/persistence/import-archive.ts";
import type { ImportReport, ImportTarget } from "../../../runtime/persistence/import-archive.ts";
import type { Owner } from "../../../runtime/persistence/journal.ts";
import { openStore } from "../../../runtime/persistence/lmdb-store.ts";
import { LmdbReminderStore } from "../../../runtime/reminders/lmdb-reminder-store.ts";
import type { WakeWish } from "../../../runtime/reminders/reminder-store.ts";
import { readArchive } from "../../../runtime/persistence/read-archive.ts";
import { holdStill } from "../../../runtime/persistence/still-store.ts";
import { archiveOf } from "../../../runtime/persistence/write-archive.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { openRedis } from "../../support/open-redis.ts";
import { ScratchJournal } from "../../support/scratch-journal.ts";
import { writeOwner } from "../../support/write-owner.ts";

const HISTORY = { type: "test", id: "history" };
const TRIMMED = { type: "test", id: "trimmed" };
const FRESH = { type: "test", id: "fresh" };
const ALL = [FRESH, HISTORY, TRIMMED];

interface Place {
  readonly target: ImportTarget;
  /** Lets somebody else own an entity. */
  own(id: string): Promise<void>;
  close(): Promise<void>;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  "another directory": async () => {
    const scratch = new ScratchJournal();
    const journal = await scratch.open();
    const foreign = new Set<string>();
    return {
      target: {
        journal,
        reminders: new LmdbReminderStore(journal),
        claim: async ({ id }) => (foreign.has(id) ? undefined : journal.writer),
        release: async () => undefined,
      },
      own: async (id) => void foreign.add(id),
      close: () => scratch.dispose(),
    };
  },
  Redis: async () => {
    const server = await RedisServer.start();
    const settings = loadSettings({ folder: tmpdir(), environment: {}, flags: [] });
    const opened = await openRedisTarget(settings, server.url);
    const link = await openRedis(server);
    return {
      target: opened.target,
      own: (id) =>
        writeOwner(link.commands, { type: "test", id }, { ownerEpoch: 5, incarnation: "node-1/5" }),
      close: async () => {
        await link.close();
        await opened.close();
        await server.stop();
      },
    };
  },
};

for (const [name, open] of Object.entries(PLACES)) {
  describe(`an archive that is imported into ${name}`, { timeout: 60_000 }, () => {
    let scratch: ScratchJournal;
    let place: Place;
    /** Who was to be woken, and when, once the store had taken it. */
    let woken: unknown[];
    let target: ImportTarget;
    beforeEach(async () => {
      scratch = new ScratchJournal();
      place = await open();
      woken = [];
      const { reminders } = place.target;
      const wakeBy = async (wish: WakeWish): Promise<void> => {
        await reminders.wakeBy(wish);
        woken.push([wish.entity.id, wish.dueMs]);
      };
      target = { ...place.target, reminders: { wakeBy } };
      const journal = await scratch.open();
      await scratch.fill("history", 600);
      await scratch.fill("trimmed", 40);
      await scratch.fill("fresh", 3);
      const stamp = { ownerEpoch: journal.writer.ownerEpoch, seq: 1 };
      await new LmdbReminderStore(journal).wakeBy({ entity: FRESH, stamp, dueMs: 12_345.6 });
      const { writer: owner } = journal;
      const bytes = Buffer.from("as of 30");
      await journal.snapshot({ entity: HISTORY, owner, version: 30, bytes, keepFrom: 1 });
      await journal.snapshot({ entity: TRIMMED, owner, version: 30, bytes, keepFrom: 31 });
    });
    afterEach(async () => {
      await place.close();
      await scratch.dispose();
    });

    it("is there as it was: records, snapshots, versions, and what a history has kept", async () => {
      const report = await imported(await archive(scratch), target);
      assert.deepEqual(report.outcomes, { ...NONE, imported: 3 });
      assert.equal(report.records, 613);
      assert.deepEqual(woken, [["fresh", 12_345]], "a reminder is not forgotten on the way");
      const journal = await scratch.open();
      for (const entity of ALL) await assertSame(journal, target.journal, entity);
      assert.equal((await target.journal.read(HISTORY, { fromVersion: 1, limit: 1 })).length, 1);
      assert.deepEqual(
        (await target.journal.read(TRIMMED, { fromVersion: 1, limit: 1 })).map(({ version }) => version),
        [31],
      );
    });

    it("changes nothing the second time", async () => {
      const text = await archive(scratch);
      await imported(text, target);
      assert.deepEqual(await imported(text, target), { outcomes: { ...NONE, present: 3 }, records: 0 });
    });

    it("goes on where an earlier import was interrupted", async () => {
      const text = await archive(scratch);
      const lines = text.split("\n");
      const cut = lines.slice(0, lines.length - 8).join("\n");
      await assert.rejects(imported(`${cut}\n`, target), { code: "archiveUnfit" });
      const report = await imported(text, target);
      assert.deepEqual(report.outcomes, { ...NONE, present: 2, imported: 1 });
      assert.ok(report.records < 10);
      const journal = await scratch.open();
      for (const entity of ALL) await assertSame(journal, target.journal, entity);
    });

    it("brings later what has happened since, and never sets anything back", async () => {
      const before = await archive(scratch);
      await imported(before, target);
      await scratch.open();
      await scratch.fill("fresh", 5);
      const after = await archive(scratch);
      assert.deepEqual((await imported(after, target)).outcomes, { ...NONE, present: 2, imported: 1 });
      assert.equal((await target.journal.load(FRESH)).version, 8);
      assert.deepEqual((await imported(before, target)).outcomes, { ...NONE, present: 2, newer: 1 });
      assert.equal((await target.journal.load(FRESH)).version, 8);
    });

    it("leaves alone what has another history, or belongs to a node", async () => {
      const owner = (await target.claim(FRESH)) as Owner;
      const other = { entity: FRESH, owner, expectedVersion: 0, bytes: Buffer.from("other"), atMs: 9 };
      await target.journal.append({ ...other, durability: "memory" });
      await target.release(FRESH, owner);
      await place.own("trimmed");
      const report = await imported(await archive(scratch), target);
      assert.deepEqual(report.outcomes, { ...NONE, imported: 1, unlike: 1, owned: 1 });
      assert.equal((await target.journal.load(FRESH)).version, 1);
      assert.equal((await target.journal.load(TRIMMED)).version, 0);
    });
  });
}

const NONE: ImportReport["outcomes"] = { imported: 0, present: 0, newer: 0, owned: 0, unlike: 0 };

/** All that a journal holds, as text; it is closed for that. */
async function archive(scratch: ScratchJournal): Promise<string> {
  await scratch.close();
  const store = await openStore(scratch.path, { isReadOnly: true });
  const still = holdStill(store);
  let text = "";
  for await (const line of archiveOf(still, { type: undefined, atMs: 1 })) text += line;
  still.done();
  await store.close();
  return text;
}

function imported(text: string, target: ImportTarget): Promise<ImportReport> {
  const pieces = async function* (): AsyncGenerator<string> {
    yield text;
  };
  return importArchive(readArchive(pieces()), target, () => undefined);
}

async function assertSame(from: Restoring, to: Restoring, entity: typeof FRESH): Promise<void> {
  const [wanted, found] = [await from.load(entity), await to.load(entity)];
  assert.equal(found.version, wanted.version, entity.id);
  assert.deepEqual(plain(found.snapshot), plain(wanted.snapshot), entity.id);
  assert.deepEqual(await recordsOf(found.pages), await recordsOf(wanted.pages), entity.id);
}

async function recordsOf(pages: AsyncIterable<readonly object[]>): Promise<unknown[]> {
  const records: object[] = [];
  for await (const page of pages) records.push(...page);
  return records.map(plain);
}

function plain(value: object | undefined): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
