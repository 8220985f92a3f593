import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { isFault } from "../../../runtime/fault.ts";
import { openLmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import type { LmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { LmdbReminderStore } from "../../../runtime/reminders/lmdb-reminder-store.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { reminderStoreContract } from "./reminder-store-contract.ts";

let folder: string;
let opened = 0;
let journal: LmdbJournal | undefined;

async function open(): Promise<LmdbReminderStore> {
  const path = join(folder, String(opened));
  journal = await openLmdbJournal({ path, clock: new SystemClock(), incarnation: "test" });
  return new LmdbReminderStore(journal);
}

reminderStoreContract({
  name: "LMDB",
  async open() {
    folder = await mkdtemp(join(tmpdir(), "reminders-"));
  },
  async close() {
    await journal?.close();
    await rm(folder, { recursive: true });
  },
  async fresh() {
    await journal?.close();
    opened++;
    return open();
  },
  async reborn() {
    await journal?.close();
    return open();
  },
});

it("reminders in LMDB that an earlier process has taken and left behind are woken at once by the next one, however many", async () => {
  const path = await mkdtemp(join(tmpdir(), "reminders-"));
  const options = { path, clock: new SystemClock() };
  const before = await openLmdbJournal({ ...options, incarnation: "before" });
  const store = new LmdbReminderStore(before);
  const page = { nowMs: 1_000, untilMs: 1_000, limit: 256 };
  const stamp = { ownerEpoch: 1, seq: 1 };
  const wishes = Array.from({ length: 600 }, (_, at) => ({
    entity: { type: "room", id: String(at) },
    stamp,
    dueMs: 10,
  }));
  await Promise.all(wishes.map((wish) => store.wakeBy(wish)));
  for (let taken = 0; taken < 600; taken += 200) await store.take({ ...page, limit: 200 });
  await before.close();
  const after = await openLmdbJournal({ ...options, incarnation: "after" });
  const next = new LmdbReminderStore(after);
  const woken = new Set<string>();
  for (let tries = 0; tries < 6; tries++) {
    for (const { entity } of (await next.take(page)).wakes) woken.add(entity.id);
  }
  assert.equal(woken.size, 600);
  await after.close();
  await rm(path, { recursive: true });
});

it("reminders in LMDB are written by nobody whose journal another process has opened since", async () => {
  const path = await mkdtemp(join(tmpdir(), "reminders-"));
  const options = { path, clock: new SystemClock() };
  const before = await openLmdbJournal({ ...options, incarnation: "before" });
  const after = await openLmdbJournal({ ...options, incarnation: "after" });
  const wish = { entity: { type: "room", id: "a" }, stamp: { ownerEpoch: 1, seq: 1 }, dueMs: 10 };
  await assert.rejects(new LmdbReminderStore(before).wakeBy(wish), (error) => isFault(error, "fenced"));
  await new LmdbReminderStore(after).wakeBy(wish);
  await Promise.all([before.close(), after.close()]);
  await rm(path, { recursive: true });
});
