import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FATES } from "../../../../runtime/counting/account.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, tallyOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 10, 22, 12);
const ID = "nginx/7";
const METRICS = ["requests", "latency", "bytes", "clients", "urls"];

/** When a record says that it happened: most of them in order, some so that they are not counted. */
function timeOf(index: number): number {
  if (index % 11 === 5) return Number.NaN;
  if (index % 13 === 7) return START + 86_400_000;
  if (index % 17 === 3) return START - 2 * 86_400_000;
  return START + index * 20_000;
}

/** So many records of a log, the first of them with this number: another each. */
const logs = (first: number, count: number): TestLog[] =>
  Array.from({ length: count }, (_, offset) => {
    const index = first + offset;
    return {
      timeMs: timeOf(index),
      status: index % 3 === 0 ? "500" : "200",
      route: `/r${index % 5}`,
      request_time: `0.${index % 10}1`,
      bytes_sent: String(index),
      remote_addr: `10.0.0.${index % 250}`,
      uri: `/r${index % 7}`,
    };
  });
const batch = (first: number, count: number) => ({
  ...(first === 0 ? {} : { from: String(first) }),
  to: String(first + count),
  tally: tallyOf([], logs(first, count), START + (first + count) * 20_000),
});

/** Each record up to the cursor is read once, and has one fate. */
async function checkIdentity(world: CountWorld): Promise<number> {
  const { cursor = "0", read, ...account } = await world.account(ID);
  assert.equal(read, Number(cursor), "what was read ends at the cursor");
  assert.equal(
    FATES.reduce((sum, fate) => sum + account[fate], 0),
    read,
  );
  return read;
}

/** Old logs are read: nobody follows their blocks. */
function afterAll(world: CountWorld): CountWorld {
  world.virtual.clock.advance(START + 86_400_000);
  return world;
}

const steps = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    fate: fc.constantFrom("stored", "failed", "storedUnheard", "conflict", "kill" as const),
    /** The same again; from a place that was passed long ago; or with a hole before it. */
    nonsense: fc.constantFrom("none", "repeated", "older", "ahead" as const),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("the records of a partition", () => {
  it("are counted once each, to the last byte, wherever processes and answers were lost, and whatever is submitted besides", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        let world = afterAll(new CountWorld());
        for (const { count, fate, nonsense } of list) {
          if (fate === "kill") world = afterAll(world.reborn());
          else if (fate !== "stored") world.journal.fates.push(fate);
          // A reader that was told nothing asks where it is, and goes on from there.
          const first = Number((await world.position(ID)) ?? 0);
          await world.submit(ID, batch(first, count)).catch(() => undefined);
          const other = { none: undefined, repeated: first, older: 0, ahead: first + count + 1 }[nonsense];
          if (other !== undefined) await world.submit(ID, batch(other, count)).catch(() => undefined);
          await checkIdentity(world);
          await world.virtual.advance(60_000);
        }
        const next = world.reborn();
        const last = await checkIdentity(next);
        assert.equal(Number((await world.position(ID)) ?? 0), last);
        const clean = countsOf([tallyOf([], logs(0, last), START + last * 20_000)]);
        for (const metric of METRICS) {
          const expected = Buffer.from(clean.encode(undefined, metric));
          assert.deepEqual(await next.counts(ID, metric), expected, metric);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
