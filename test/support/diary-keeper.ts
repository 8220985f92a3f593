/**
 * A process with diaries on a journal in LMDB, for tests that kill it: `diary-keeper.js PATH DIARIES AFTER_MS`. It plans so many reminders, one for each diary that has none yet, all
 * due at the same time, and says `planned` with the id of each that was acknowledged; then it says `rung` when it has seen one ring, and goes on until it is killed.
 */
import { LmdbReminderStore } from "../../runtime/reminders/lmdb-reminder-store.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { openLmdbJournal } from "../../runtime/persistence/lmdb-journal.ts";
import { EntityHost } from "../../runtime/sharding/entity-host.ts";
import { OneOwner } from "../../runtime/sharding/entity-owners.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { diary } from "./diary.ts";

const [path = "", count = "", afterMs = ""] = process.argv.slice(2);
/** So that a kill comes in the middle of it. */
const PER_SECOND = 500;

const clock = new SystemClock();
const system = new ActorSystem({ name: "keeper", clock });
const journal = await openLmdbJournal({ path, clock, incarnation: `keeper-${process.pid}` });
const host = new EntityHost({
  system,
  journal,
  owners: new OneOwner(journal.writer),
  reminders: { store: new LmdbReminderStore(journal), perSecond: PER_SECOND },
});
const diaries = host.offer(diary("fsync"));
say({ kind: "opened" });
const atMs = clock.wallMs() + Number(afterMs);
const known = new Set((await journal.list("diary", { limit: 100_000 })).map(({ entity }) => entity.id));
await Promise.all(
  Array.from({ length: Number(count) }, async (_, at) => {
    const id = `d${at}`;
    if (known.has(id)) return;
    const plan = { kind: "plan", name: "tea", note: "rings", atMs } as const;
    await system.ask(diaries.entity(id), plan, { deadlineMs: 60_000 });
    say({ kind: "planned", id });
  }),
);
say({ kind: "ready" });
let seen = 0;
setInterval(() => {
  if (host.reminders.lateness.count > seen) say({ kind: "rung" });
  seen = host.reminders.lateness.count;
}, 5);

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
