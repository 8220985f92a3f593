import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TALLY_BYTES_MAX } from "../../../../runtime/counting/tally.ts";
import { mutated } from "../../../support/mutated-bytes.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, tallyOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const ID = "nginx/7";

/** So many logs, the first of them with this number: another each. */
const logs = (first: number, count: number): TestLog[] =>
  Array.from({ length: count }, (_, index) => ({
    timeMs: NOW + (first + index) * 1_000,
    status: "200",
    route: `/r${(first + index) % 5}`,
    request_time: "0.010",
    bytes_sent: "100",
    remote_addr: `10.0.0.${(first + index) % 250}`,
    uri: `/r${(first + index) % 7}`,
  }));
const batch = (first: number, count: number) => ({
  ...(first === 0 ? {} : { from: String(first) }),
  to: String(first + count),
  tally: tallyOf([], logs(first, count), NOW + (first + count) * 1_000),
});

describe("the counts of a partition", () => {
  it("move with the cursor, and are in the book of partitions", async () => {
    const world = new CountWorld();
    assert.equal(await world.position(ID), undefined);
    assert.deepEqual(await world.submit(ID, batch(0, 10)), { kind: "counted", cursor: "10" });
    assert.deepEqual(await world.submit(ID, batch(10, 5)), { kind: "counted", cursor: "15" });
    assert.equal(await world.position(ID), "15");
    const { read, counted, batches } = await world.account(ID);
    assert.deepEqual({ read, counted, batches }, { read: 15, counted: 15, batches: 2 });
    assert.deepEqual(await world.known(), [ID]);
  });

  it("take a batch once, and none that begins elsewhere", async () => {
    const world = new CountWorld();
    await world.submit(ID, batch(0, 10));
    const before = await world.counts(ID, "requests");
    assert.deepEqual(await world.submit(ID, batch(0, 10)), { kind: "duplicate", cursor: "10" });
    assert.deepEqual(await world.submit(ID, batch(3, 9)), { kind: "gap", cursor: "10" });
    assert.deepEqual(await world.submit(ID, batch(12, 3)), { kind: "gap", cursor: "10" });
    assert.deepEqual(await world.submit("nginx/8", batch(3, 3)), { kind: "gap" });
    assert.deepEqual(await world.counts(ID, "requests"), before);
    assert.equal((await world.account(ID)).batches, 1);
  });

  it("are one record for each batch", async () => {
    const world = new CountWorld();
    for (let first = 0; first < 50; first += 10) await world.submit(ID, batch(first, 10));
    assert.equal(world.journal.history.get(ID)?.length, 5);
  });

  it("refuse what is too large for a record, or no tally", async () => {
    const world = new CountWorld();
    const large = await world.submit(ID, { to: "1", tally: new Uint8Array(TALLY_BYTES_MAX + 1) });
    assert.ok(large.kind === "refused" && large.code === "tallyTooLarge");
    const broken = await world.submit(ID, { to: "1", tally: new Uint8Array([9]) });
    assert.ok(broken.kind === "refused" && broken.code === "tallyInvalid");
    assert.equal(await world.position(ID), undefined);
  });

  it("refuse a tally that is damaged anywhere before anything of it is stored, and can be loaded again whatever came", async () => {
    const world = new CountWorld();
    const tally = tallyOf([], logs(0, 40), NOW + 40_000);
    const seen = new Set<string>();
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(mutated(tally), async (bytes) => {
        const id = `nginx/${asked++}`;
        const reply = await world.submit(id, { to: "1", tally: bytes });
        seen.add(reply.kind === "refused" ? reply.code : reply.kind);
        assert.equal(await world.position(id), reply.kind === "counted" ? "1" : undefined);
        const next = await world.submit(id, {
          ...(reply.kind === "counted" ? { from: "1" } : {}),
          to: "2",
          tally,
        });
        assert.equal(next.kind, "counted");
      }),
      { numRuns: 60 },
    );
    assert.deepEqual([...seen].sort(), ["counted", "tallyInvalid"]);
    const next = world.reborn();
    for (let at = 0; at < asked; at++) assert.equal(await next.position(`nginx/${at}`), "2");
  });

  it("refuse what is no bytes at all", async () => {
    const world = new CountWorld();
    const tally = "no bytes" as unknown as Uint8Array;
    const reply = await world.submit(ID, { to: "1", tally });
    assert.ok(reply.kind === "refused" && reply.code === "tallyInvalid");
  });

  it("note what the log no longer had", async () => {
    const world = new CountWorld();
    await world.submit(ID, { ...batch(0, 10), gap: { lost: 77, text: "expired" } });
    assert.equal((await world.account(ID)).lost, 77);
  });

  it("survive a snapshot: what is loaded is what was there", async () => {
    const world = new CountWorld();
    for (let first = 0; first < 3_000; first += 10) await world.submit(ID, batch(first, 10));
    assert.ok(world.journal.snapshots.length > 0);
    const before = [await world.counts(ID, "latency"), await world.account(ID)];
    const next = world.reborn();
    await next.virtual.settle();
    const { state: _, isHeard: _heard, ...account } = await next.account(ID);
    const {
      state: _before,
      isHeard: _heardBefore,
      ...accountBefore
    } = before[1] as Awaited<ReturnType<CountWorld["account"]>>;
    assert.deepEqual([await next.counts(ID, "latency"), account], [before[0], accountBefore]);
  });

  it("count a late record as a revision of its block, which was final", async () => {
    const world = new CountWorld();
    await world.submit(ID, batch(0, 400));
    const late = {
      from: "400",
      to: "401",
      tally: tallyOf([], [{ timeMs: NOW, status: "200" }], NOW + 400_000),
    };
    await world.submit(ID, late);
    const counts = countsOf([]);
    counts.merge(await world.counts(ID, "requests"));
    const revisions: number[] = [];
    counts.forEachBlock("requests", (_number, block) => revisions.push(block.revisions));
    assert.deepEqual(revisions, [1, 0, 0]);
  });
});

describe("the watermark of a partition", () => {
  it("stands behind its records, and goes on while its reader has everything", async () => {
    const world = new CountWorld();
    await world.submit(ID, batch(0, 100));
    const { watermarkMs = 0, state } = await world.account(ID);
    assert.ok(watermarkMs > NOW + 80_000 && watermarkMs <= NOW + 90_000, String(watermarkMs - NOW));
    assert.equal(state, "flowing");
    await world.say(ID, { state: "caughtUp", atMs: NOW + 500_000, cursor: "100" });
    assert.equal((await world.account(ID)).watermarkMs, NOW + 485_000);
  });

  it("does not believe a reader that has read something else than was counted", async () => {
    const world = new CountWorld();
    await world.submit(ID, batch(0, 100));
    await world.say(ID, { state: "caughtUp", atMs: NOW + 500_000, cursor: "90" });
    const { watermarkMs = 0, state } = await world.account(ID);
    assert.ok(watermarkMs <= NOW + 90_000);
    assert.equal(state, "flowing");
  });

  it("holds when nothing is heard for ten seconds: silence is never taken for quiet", async () => {
    const world = new CountWorld();
    await world.submit(ID, batch(0, 100));
    await world.say(ID, { state: "caughtUp", atMs: NOW + 500_000 });
    await world.virtual.advance(11_000);
    const { watermarkMs = 0, state } = await world.account(ID);
    assert.ok(watermarkMs <= NOW + 90_000);
    assert.equal(state, "stalled");
  });

  it("is awaited by nobody when its source was taken away before it had anything", async () => {
    const world = new CountWorld();
    await world.say(ID, { state: "stalled" });
    assert.equal((await world.account(ID)).state, "stalled");
    const next = world.reborn();
    assert.equal((await next.account(ID)).state, "gone");
    await next.say(ID, { state: "lagging" });
    assert.equal((await next.account(ID)).state, "lagging");
  });

  it("ends with the partition, and that is known to the next process", async () => {
    const world = new CountWorld();
    await world.submit(ID, batch(0, 100));
    await world.say(ID, { state: "gone" });
    await world.say(ID, { state: "gone" });
    assert.equal(world.journal.history.get(ID)?.length, 2);
    assert.equal((await world.reborn().account(ID)).state, "gone");
  });
});
