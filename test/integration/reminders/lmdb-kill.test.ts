import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { RecordCodec } from "../../../runtime/codec/record-codec.ts";
import { ReminderCodec } from "../../../runtime/codec/reminder-codec.ts";
import { openLmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { DiaryEvents, DiaryProtocol } from "../../support/diary.ts";
import { eventually } from "../../support/eventually.ts";
import { JournalProcess } from "../../support/journal-process.ts";
import { SeededChance } from "../../support/seeded-chance.ts";

const KEEPER = fileURLToPath(new URL("../../support/diary-keeper.js", import.meta.url));
const DIARIES = 600;
const KILLS_MAX = 60;
const LONGER_BY_MS = 20;
const PATIENCE_MS = 60_000;
const SEED = Number(process.env["BANYAN_SEED"] ?? Math.floor(Math.random() * 1_000_000));

let path: string;
before(async () => {
  path = await mkdtemp(join(tmpdir(), "reminders-kill-"));
});
after(() => rm(path, { recursive: true }));

it(
  `every reminder that was acknowledged rings once, however often the process is killed while they do (seed ${SEED})`,
  { timeout: 240_000 },
  async () => {
    const chance = new SeededChance(SEED);
    const planned = new Set<string>();
    const began = new JournalProcess([path, String(DIARIES), "300"], undefined, KEEPER);
    // In the middle of planning.
    await eventually(() => began.lines.some(({ kind }) => kind === "planned"), true, "planned", PATIENCE_MS);
    await sleep(chance.between(0, 200));
    await began.kill();
    const collect = (keeper: JournalProcess): void => {
      for (const { kind, id } of keeper.lines) if (kind === "planned" && id !== undefined) planned.add(id);
    };
    collect(began);
    assert.ok(planned.size > 0, "something was acknowledged");
    let wasReady = false;
    for (let kills = 0; ; kills++) {
      const keeper = new JournalProcess([path, String(DIARIES), "300"], undefined, KEEPER);
      await eventually(
        () => keeper.lines.some(({ kind }) => kind === "rung" || kind === "ready"),
        true,
        "rung",
        PATIENCE_MS,
      );
      // Later ones live longer: a slow machine comes to the end, too.
      await sleep(chance.between(0, 500) + kills * LONGER_BY_MS);
      await keeper.kill();
      collect(keeper);
      wasReady ||= keeper.lines.some(({ kind }) => kind === "ready");
      const times = [...(await rungTimes(planned)).values()];
      const once = times.filter((rung) => rung === 1).length;
      assert.ok(
        times.every((rung) => rung <= 1),
        "one has rung twice",
      );
      if (wasReady && once === planned.size && kills > 1) return;
      assert.ok(kills < KILLS_MAX, `after ${kills} kills ${once} of ${planned.size} have rung`);
    }
  },
);

/** How often each of them has rung, by what is stored. */
async function rungTimes(ids: ReadonlySet<string>): Promise<Map<string, number>> {
  const codec = new RecordCodec(DiaryEvents, new ReminderCodec(DiaryProtocol));
  const journal = await openLmdbJournal({ path, clock: new SystemClock(), incarnation: "checker" });
  const times = new Map<string, number>();
  for (const id of ids) {
    const records = await journal.read({ type: "diary", id }, { fromVersion: 1, limit: 100 });
    const events = records.flatMap(({ bytes }) => {
      const decoded = codec.decode(bytes);
      return decoded.ok ? decoded.record.events : [];
    });
    times.set(id, events.filter(({ kind }) => kind === "rung").length);
  }
  await journal.close();
  return times;
}
