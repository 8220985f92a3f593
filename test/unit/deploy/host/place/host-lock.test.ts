import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { holderOf, LOCK_FILE, takeLock } from "../../../../../deploy/host/place/host-lock.ts";
import { ownIdentity } from "../../../../../runtime/process/process-identity.ts";
import { Refusal } from "../../../../../deploy/refusal.ts";

/** Above the largest number that Linux gives. */
const NO_PID = 2 ** 22 + 7;

const root = mkdtempSync(join(tmpdir(), "banyan-lock-"));
after(() => rmSync(root, { recursive: true }));

let place: string;

const holder = (changes: object) =>
  JSON.stringify({ ...ownIdentity(), role: "host", sinceMs: 0, ...changes });
const leave = (text: string, file = LOCK_FILE) => writeFileSync(join(place, file), text);
const isInUse = (error: unknown) =>
  error instanceof Refusal && error.message.includes(`is in use by process ${process.pid} (banyan-host)`);

describe("the lock of a data directory", () => {
  beforeEach(() => {
    place = mkdtempSync(join(root, "place-"));
  });

  it("is taken once, and refused naming the process that has it", () => {
    const lock = takeLock(place, "host");
    assert.deepEqual([holderOf(place)?.pid, holderOf(place)?.role], [process.pid, "host"]);
    assert.throws(() => takeLock(place, "node"), isInUse);
    lock.release();
    assert.equal(holderOf(place), undefined);
    takeLock(place, "node").release();
    assert.deepEqual(readdirSync(place), []);
  });

  it("is taken over from a process that is gone", () => {
    leave(holder({ pid: NO_PID }));
    assert.equal(holderOf(place), undefined);
    takeLock(place, "host");
    assert.equal(holderOf(place)?.pid, process.pid);
    assert.deepEqual(readdirSync(place), [LOCK_FILE], "nothing is left of taking it over");
  });

  it("is taken over when another process has the number of the one that had it", () => {
    leave(holder({ began: "an earlier boot:12" }));
    assert.equal(holderOf(place), undefined);
    takeLock(place, "host").release();
  });

  it("is taken over when it is torn, as after a power cut", () => {
    for (const text of ["", "{", "null", "[]"]) {
      leave(text);
      assert.equal(holderOf(place), undefined);
      takeLock(place, "host").release();
    }
  });

  it("is left to whoever is just taking it over, and taken when that one has died at it", () => {
    leave(holder({ pid: NO_PID }));
    leave(holder({}), `${LOCK_FILE}.claim`);
    assert.throws(() => takeLock(place, "host"), isInUse);
    leave(holder({ pid: NO_PID }), `${LOCK_FILE}.claim`);
    takeLock(place, "host");
    assert.equal(holderOf(place)?.pid, process.pid);
  });

  it("of another process is not released", () => {
    const lock = takeLock(place, "host");
    leave(holder({ pid: NO_PID }));
    lock.release();
    assert.match(readFileSync(join(place, LOCK_FILE), "utf8"), new RegExp(String(NO_PID)));
  });
});
