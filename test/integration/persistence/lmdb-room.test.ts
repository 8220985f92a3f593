import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isFault } from "../../../runtime/fault.ts";
import { DATA_FILE } from "../../../runtime/persistence/data-file.ts";
import { ScratchJournal } from "../../support/scratch-journal.ts";

const MEBIBYTE = 1_048_576;
const ROOM = { type: "test", id: "room" };

let scratch: ScratchJournal;
beforeEach(() => {
  scratch = new ScratchJournal();
});
afterEach(() => scratch.dispose());

describe("the room of a journal", { timeout: 60_000 }, () => {
  it("that is used up refuses appends by name, until a snapshot makes room; nothing is lost", async () => {
    const told: unknown[] = [];
    const journal = await scratch.open({
      usedBytesMax: 2 * MEBIBYTE,
      onTrouble: (why) => told.push(why?.code),
    });
    const stored = await fillUp(scratch);
    assert.ok(stored > 50);
    assert.equal((await journal.load(ROOM)).version, stored);
    assert.deepEqual(told, ["journalFull"]);
    assert.match(journal.trouble ?? "", /^journalFull: /);
    const snapshot = { version: stored, bytes: new Uint8Array(10), keepFrom: stored + 1 };
    assert.deepEqual(await journal.snapshot({ entity: ROOM, owner: journal.writer, ...snapshot }), {
      kind: "stored",
    });
    await scratch.fill("room", 20, 10_000);
    assert.equal((await journal.load(ROOM)).version, stored + 20);
    assert.deepEqual(told, ["journalFull", undefined], "told once, and when it was over");
    assert.equal(journal.trouble, undefined);
  });

  it("grows as it is needed, and what was removed is used again", async () => {
    const journal = await scratch.open();
    const file = join(scratch.path, DATA_FILE);
    await scratch.fill("room", 800, 10_000);
    const grown = statSync(file).size;
    assert.ok(grown > 8 * MEBIBYTE);
    for (let round = 0; round < 3; round += 1) {
      await journal.remove({ entity: ROOM, owner: journal.writer });
      await scratch.fill("room", 800, 10_000);
    }
    assert.ok(statSync(file).size < 3 * grown, "four times as much was written");
  });

  it("that is not needed any more is given back at the next opening, with all that is left", async () => {
    const journal = await scratch.open();
    await scratch.fill("kept", 30);
    await scratch.fill("room", 800, 10_000);
    await journal.remove({ entity: ROOM, owner: journal.writer });
    const snapshot = { version: 10, bytes: new Uint8Array(10), keepFrom: 6 };
    await journal.snapshot({ entity: { type: "test", id: "kept" }, owner: journal.writer, ...snapshot });
    const file = join(scratch.path, DATA_FILE);
    const wasteful = statSync(file).size;
    const compacted = await scratch.open({ compactAboveBytes: MEBIBYTE });
    assert.ok(statSync(file).size < MEBIBYTE, `${wasteful} bytes became ${statSync(file).size}`);
    const entry = { entity: { type: "test", id: "kept" }, version: 30, snapshotVersion: 10 };
    assert.deepEqual(await compacted.list(undefined, { limit: 10 }), [entry]);
    assert.equal((await compacted.read(entry.entity, { fromVersion: 1, limit: 100 })).length, 25);
    await scratch.fill("kept", 5);
    assert.equal((await compacted.load(entry.entity)).version, 35);
  });
});

/** Appends until the journal says that it is full; answers how many were stored. */
async function fillUp(journal: ScratchJournal): Promise<number> {
  for (let stored = 0; ; stored += 1) {
    try {
      await journal.fill("room", 1, 10_000);
    } catch (error) {
      if (isFault(error, "journalFull")) return stored;
      throw error;
    }
  }
}
