import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openLmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import type { LmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { openStore } from "../../../runtime/persistence/lmdb-store.ts";
import { eventually } from "../../support/eventually.ts";
import { JournalProcess } from "../../support/journal-process.ts";
import { SeededChance } from "../../support/seeded-chance.ts";
import { writtenBytes } from "../../support/written-bytes.ts";

const ROUNDS = 8;
const ENTITIES = 20;
const SEED = Number(process.env["BANYAN_SEED"] ?? Math.floor(Math.random() * 1_000_000));

let path: string;
before(async () => {
  path = await mkdtemp(join(tmpdir(), "journal-kill-"));
});
after(() => rm(path, { recursive: true }));

describe("a journal whose process is killed in mid-commit", { timeout: 120_000 }, () => {
  it(`has lost nothing that was acknowledged, and has no gaps (seed ${SEED})`, async () => {
    const chance = new SeededChance(SEED);
    const stored = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const writer = new JournalProcess([path, "steady", String(ENTITIES)]);
      await writer.until("appended");
      await sleep(chance.between(0, 120));
      await writer.kill();
      const acknowledged = writer.acknowledged();
      assert.ok(acknowledged.size > 0, "something was acknowledged");
      await withJournal(async (journal) => {
        for (let index = 0; index < ENTITIES; index += 1) {
          const id = `steady-${index}`;
          const least = acknowledged.get(id) ?? stored.get(id) ?? 0;
          stored.set(id, await checked(journal, id, least));
        }
      });
    }
  });

  it("is opened by nobody else while a process has it, also not to be read: LMDB would lose what that one commits meanwhile", async () => {
    const first = new JournalProcess([path, "steady", "3"]);
    await first.until("appended");
    const inUse = { code: "journalUnusable", message: new RegExp(`process ${first.pid} has it open`) };
    await assert.rejects(openStore(path, { isReadOnly: true }), inUse);
    let isOpen = false;
    const second = withJournal(async (journal) => {
      isOpen = true;
      for (const [id, version] of first.acknowledged()) await checked(journal, id, version);
    });
    const said = first.lines.length;
    await eventually(() => first.lines.length > said + 100, true, "more is stored");
    assert.equal(isOpen, false, "waits for the first");
    await first.kill();
    await second;
  });
});

async function withJournal(work: (journal: LmdbJournal) => Promise<void>): Promise<void> {
  const journal = await openLmdbJournal({ path, clock: new SystemClock(), incarnation: "checker" });
  try {
    await work(journal);
  } finally {
    await journal.close();
  }
}

/** The version that is stored, after each record was looked at. */
async function checked(journal: LmdbJournal, id: string, least: number): Promise<number> {
  const loaded = await journal.load({ type: "test", id });
  assert.ok(loaded.version >= least, `${id}: ${least} was acknowledged, ${loaded.version} is stored`);
  let next = 1;
  for await (const page of loaded.pages) {
    for (const { version, bytes } of page) {
      assert.equal(version, next);
      assert.deepEqual(Buffer.compare(bytes, writtenBytes(id, version, 100)), 0);
      next += 1;
    }
  }
  assert.equal(next - 1, loaded.version);
  return loaded.version;
}
