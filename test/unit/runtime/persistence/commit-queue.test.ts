import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Fault } from "../../../../runtime/fault.ts";
import { CommitQueue } from "../../../../runtime/persistence/commit-queue.ts";
import type { CommitTarget, Operation } from "../../../../runtime/persistence/commit-queue.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

interface Named extends Operation {
  readonly name: string;
}

/** A disk that takes its time: flushes end when the test says so. */
class SlowDisk implements CommitTarget<Named, string> {
  readonly batches: string[][] = [];
  readonly flushes: PromiseWithEnds[] = [];
  readonly broken: string[] = [];
  failsWith: Error | undefined;

  onBroken({ code }: Fault): void {
    this.broken.push(code);
  }

  commit(batch: readonly Named[]): readonly string[] {
    if (this.failsWith !== undefined) throw this.failsWith;
    this.batches.push(batch.map(({ name }) => name));
    return batch.map(({ name }) => `${name} is stored`);
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.flushes.push({ resolve, reject });
    });
  }
}

interface PromiseWithEnds {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const safe = (name: string, sizeBytes = 100): Named => ({ name, sizeBytes, awaitsFlush: true });
const quick = (name: string): Named => ({ name, sizeBytes: 100, awaitsFlush: false });

function open(): { disk: SlowDisk; clock: VirtualClock; queue: CommitQueue<Named, string> } {
  const disk = new SlowDisk();
  const clock = new VirtualClock();
  return { disk, clock, queue: new CommitQueue(disk, clock) };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
}

describe("the commit queue", () => {
  it("commits in one batch what comes in one turn, and what comes while the disk is busy", async () => {
    const { disk, queue } = open();
    const first = [queue.submit(safe("a")), queue.submit(safe("b"))];
    await turns();
    const second = [queue.submit(safe("c")), queue.submit(safe("d"))];
    await turns();
    assert.deepEqual(disk.batches, [["a", "b"]]);
    disk.flushes[0]?.resolve();
    assert.deepEqual(await Promise.all(first), ["a is stored", "b is stored"]);
    await turns();
    assert.deepEqual(disk.batches, [
      ["a", "b"],
      ["c", "d"],
    ]);
    disk.flushes[1]?.resolve();
    await Promise.all(second);
  });

  it("answers nothing that waits for the flush before it", async () => {
    const { disk, queue } = open();
    const answered: string[] = [];
    void queue.submit(safe("safe")).then((answer) => answered.push(answer));
    void queue.submit(quick("quick")).then((answer) => answered.push(answer));
    await turns();
    assert.deepEqual(answered, ["quick is stored"]);
    disk.flushes[0]?.resolve();
    await turns();
    assert.deepEqual(answered, ["quick is stored", "safe is stored"]);
  });

  it("flushes within a second what was answered before", async () => {
    const { disk, clock, queue } = open();
    await Promise.race([queue.submit(quick("quick")), turns()]);
    assert.equal(disk.flushes.length, 0);
    clock.advance(1_000);
    assert.equal(disk.flushes.length, 1);
    disk.flushes[0]?.resolve();
  });

  it("lets a commit that failed fail for its own batch, and goes on with the next", async () => {
    const { disk, queue } = open();
    disk.failsWith = new Error("no room");
    await assert.rejects(queue.submit(safe("a")), /no room/);
    disk.failsWith = undefined;
    const next = queue.submit(safe("b"));
    await turns();
    disk.flushes[0]?.resolve();
    assert.equal(await next, "b is stored");
  });

  it("takes nothing more after a flush that failed: nobody knows what the disk holds", async () => {
    const { disk, queue } = open();
    const first = queue.submit(safe("a"));
    await turns();
    const waiting = queue.submit(safe("b"));
    disk.flushes[0]?.reject(new Error("input/output error"));
    for (const submitted of [first, waiting]) await assert.rejects(submitted, { code: "journalUnavailable" });
    assert.throws(() => void queue.submit(quick("c")), { code: "journalUnavailable" });
    assert.deepEqual(disk.broken, ["journalUnavailable"], "said once: the process is to end");
    assert.deepEqual(disk.batches, [["a"]]);
  });

  it("refuses what would wait beyond its limit, as busy, and takes it when there is room again", async () => {
    const { disk, queue } = open();
    const half = 40 * 1_048_576;
    const first = queue.submit(safe("a", half));
    assert.throws(() => void queue.submit(safe("b", half)), { code: "journalBusy" });
    await turns();
    disk.flushes[0]?.resolve();
    await first;
    const second = queue.submit(safe("c", half));
    await turns();
    disk.flushes[1]?.resolve();
    assert.equal(await second, "c is stored");
  });

  it("says before its limit that nobody should decide anything new, until less waits", async () => {
    const { disk, queue } = open();
    const isCrowded = (): boolean => queue.whenFree !== undefined;
    const first = [queue.submit(safe("a", 40 * 1_048_576))];
    assert.equal(isCrowded(), false);
    first.push(queue.submit(safe("b", 10 * 1_048_576)));
    assert.equal(isCrowded(), true);
    await queue.whenFree;
    assert.equal(isCrowded(), false);
    await turns();
    disk.flushes[0]?.resolve();
    await Promise.all(first);
  });

  it("is not settled while a flush is under way that nobody waits for", async () => {
    const { disk, clock, queue } = open();
    await Promise.all([queue.submit(quick("a")), turns()]);
    clock.advance(1_000);
    let isSettled = false;
    const settled = queue.settled().then(() => (isSettled = true));
    await turns();
    assert.equal(isSettled, false);
    assert.equal(disk.flushes.length, 1);
    disk.flushes[0]?.resolve();
    await settled;
  });

  it("is settled when all is answered and flushed", async () => {
    const { disk, queue } = open();
    let isSettled = false;
    const quickly = queue.submit(quick("a"));
    const settled = queue.settled().then(() => (isSettled = true));
    await quickly;
    await turns();
    assert.equal(isSettled, false);
    assert.equal(disk.flushes.length, 1);
    disk.flushes[0]?.resolve();
    await settled;
  });
});
