import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LocalDays } from "../../../../runtime/counting/local-day.ts";
import { daysPage } from "../../../../runtime/counting/pages.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, tallyOf, totalsOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";
import { ForgetfulJournal } from "../../../support/forgetful-journal.ts";
import { ScriptedJournal } from "../../../support/scripted-journal.ts";

const START = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ID = "nginx/0";
/** One each quarter of an hour. */
const EVERY_MS = 900_000;
const RECORDS = 96;

/** A log of a day, of which each seventh record comes some hours late. */
const LOG: readonly TestLog[] = Array.from({ length: RECORDS }, (_, index) => {
  const lateMs = index % 7 === 0 ? (1 + (index % 5)) * HOUR_MS : 0;
  return {
    timeMs: Math.max(START, START + index * EVERY_MS - lateMs),
    status: "200",
    route: `/r${index % 3}`,
  };
});
const SERVERS = ["partials", "pages", "days"] as const;
const serverOf = ({ type }: { readonly type: string }): string => {
  if (type === "count-page") return "pages";
  return type === "count-days" ? "days" : "partials";
};

const steps = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    failOver: fc.option(
      fc.record({ server: fc.constantFrom(...SERVERS), lacking: fc.integer({ min: 1, max: 8 }) }),
      { nil: undefined },
    ),
    silence: fc.option(
      fc.record({ server: fc.constantFrom(...SERVERS), appends: fc.integer({ min: 1, max: 2 }) }),
      { nil: undefined },
    ),
  }),
  { minLength: 8, maxLength: 24 },
);

/** Reads so many records from where they are counted, and has them counted. */
async function readOn(world: CountWorld, size: number): Promise<number> {
  const first = Number((await world.position(ID)) ?? 0);
  const last = Math.min(RECORDS, first + size);
  if (last === first) return last;
  const logs = LOG.slice(first, last);
  const tally = tallyOf([], logs, START + last * EVERY_MS);
  const batch = { ...(first === 0 ? {} : { from: String(first) }), to: String(last), tally };
  await world.submit(ID, batch).catch(() => undefined);
  return last;
}

/** What was forgotten is read again: the log has it, and the cursor is where the counts are. */
async function readToEnd(world: CountWorld): Promise<void> {
  while ((await world.position(ID)) !== String(RECORDS)) await readOn(world, 12);
  await world.virtual.advance(60_000);
}

describe("counts whose store forgets what it has acknowledged last, on one server or another", () => {
  it("are those of the log all the same once it was read on from where they are, in blocks and in days", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const store = new ForgetfulJournal(serverOf);
        const world = new CountWorld(new ScriptedJournal(store), { zones: ["UTC"] });
        // Old logs are read: nobody follows their blocks.
        world.virtual.clock.advance(START + DAY_MS);
        for (const { size, silence, failOver } of list) {
          if (silence !== undefined) store.silence(silence.server, silence.appends);
          await readOn(world, size);
          // What was not heard to be stored is said again.
          if (silence !== undefined) await world.virtual.advance(20_000);
          if (failOver !== undefined) await store.failOver(failOver.server, failOver.lacking);
        }
        await readToEnd(world);
        // What was forgotten last is in the memory of that process alone.
        const next = world.reborn({ zones: ["UTC"] });
        next.virtual.clock.advance(START + DAY_MS);
        await readToEnd(next);
        const wanted = { metric: "requests", fromMs: START, toMs: START + DAY_MS, nowMs: START + DAY_MS };
        const { counts } = await next.all(wanted);
        const clean = countsOf([tallyOf([], LOG, START + DAY_MS)]);
        assert.deepEqual(totalsOf(counts, "requests"), totalsOf(clean, "requests"));
        const page = daysPage("requests", new LocalDays("UTC"), START);
        const { parts } = await next.days(wanted, { page, zone: "UTC" });
        const days = parts.map((part) => Object.values(totalsOf(part, "requests"))).flat();
        assert.equal(
          days.reduce((sum, count) => sum + count, 0),
          RECORDS,
        );
        const { read, counted } = await next.account(ID);
        assert.deepEqual([read, counted], [RECORDS, RECORDS]);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });
});
