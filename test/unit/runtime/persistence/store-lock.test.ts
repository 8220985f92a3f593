import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isTaken, takeStore, takeStoreWaiting } from "../../../../runtime/persistence/store-lock.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

let folder: string;
let store: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-store-"));
  store = join(folder, "store");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Another process has it: the one that started this one. */
function takenByAnother(): string {
  takeStore(store)();
  const file = join(store, "open.lock");
  writeFileSync(file, JSON.stringify({ pid: process.ppid }));
  return file;
}

const byAnother = { code: "journalUnusable", message: new RegExp(`process ${process.ppid} has it open`) };

/** Lets what waits for promises run on. */
async function turns(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50);
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe("a store", () => {
  it("is taken once within a process, and given back by whoever was first", () => {
    const first = takeStore(store);
    takeStore(store)();
    assert.ok(isTaken(store));
    first();
    assert.ok(!isTaken(store));
    assert.deepEqual(readdirSync(store), []);
  });

  it("that another process has open is refused naming that one", () => {
    takenByAnother();
    assert.throws(() => takeStore(store), byAnother);
    assert.ok(isTaken(store));
  });

  it("is waited for by who takes over, and for ten seconds at most", async () => {
    const clock = new VirtualClock();
    const file = takenByAnother();
    const patient = takeStoreWaiting(store, clock);
    await turns(clock, 9_000);
    rmSync(file);
    await turns(clock, 100);
    (await patient)();
    assert.ok(!existsSync(file));
    takenByAnother();
    const refused = assert.rejects(takeStoreWaiting(store, clock), byAnother);
    await turns(clock, 10_100);
    await refused;
  });

  it("that cannot be taken at all is refused at once", async () => {
    writeFileSync(store, "a file where a directory should be");
    await assert.rejects(takeStoreWaiting(store, new VirtualClock()), { code: "journalUnusable" });
  });
});
