import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Fault } from "../../../runtime/fault.ts";
import { openStore } from "../../../runtime/persistence/lmdb-store.ts";
import { holdStill } from "../../../runtime/persistence/still-store.ts";
import { verifyStore } from "../../../runtime/persistence/verify-store.ts";
import type { Verified } from "../../../runtime/persistence/verify-store.ts";
import { archiveOf } from "../../../runtime/persistence/write-archive.ts";
import { ScratchJournal } from "../../support/scratch-journal.ts";

let scratch: ScratchJournal;
beforeEach(() => {
  scratch = new ScratchJournal();
});
afterEach(() => scratch.dispose());

/** Twenty records; a snapshot of ten of them, which keeps the records from `keepFrom` on. */
async function fill(id: string, keepFrom: number): Promise<void> {
  const journal = await scratch.open();
  await scratch.fill(id, 20);
  const snapshot = { version: 10, bytes: Buffer.from("ten"), keepFrom };
  await journal.snapshot({ entity: { type: "test", id }, owner: journal.writer, ...snapshot });
}

async function verified(): Promise<Verified> {
  await scratch.close();
  const store = await openStore(scratch.path, { isReadOnly: true });
  try {
    return await verifyStore(store);
  } finally {
    await store.close();
  }
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe("a look at everything", { timeout: 60_000 }, () => {
  it("counts all that there is, also the history that a snapshot has left", async () => {
    await fill("kept", 1);
    await fill("partly", 6);
    await fill("trimmed", 11);
    assert.deepEqual(await verified(), { entities: 3, records: 45, snapshots: 3, problems: [] });
  });

  it("finds what is damaged or missing, before a snapshot and after it, and goes on with the next", async () => {
    for (const id of ["a", "b", "c", "d"]) await fill(id, 1);
    await scratch.damage(({ records }) => {
      records.putSync(["test/a", 4], Buffer.from("torn"));
      records.removeSync(["test/b", 7]);
      records.removeSync(["test/c", 15]);
    });
    const { entities, problems } = await verified();
    assert.equal(entities, 4);
    assert.equal(problems.length, 3);
    assert.match(problems[0] ?? "", /test\/a, version 4, why the record is damaged/);
    assert.match(problems[1] ?? "", /test\/b, version 7, why the record is missing/);
    assert.match(problems[2] ?? "", /test\/c, version 15, why the record is missing/);
  });

  it("lets the rest be exported, and names what was left out", async () => {
    for (const id of ["a", "b", "c"]) await fill(id, 1);
    await scratch.damage(({ records }) => records.putSync(["test/b", 15], Buffer.from("torn")));
    const store = await openStore(scratch.path, { isReadOnly: true });
    const leftOut: string[] = [];
    const onDamaged = ({ message }: Fault): void => void leftOut.push(message);
    const lines = await all(archiveOf(store, { type: undefined, atMs: 1, onDamaged }));
    assert.equal(leftOut.length, 1);
    assert.match(leftOut[0] ?? "", /test\/b, version 15/);
    assert.ok(!lines.some((line) => line.includes("test/b")), "nothing of it, not even its beginning");
    assert.match(lines.at(-1) ?? "", /"entities":2,.*"records":40/);
    const strictly = all(archiveOf(store, { type: undefined, atMs: 1 }));
    await assert.rejects(strictly, { code: "journalCorrupt" }, "gives up unless told to go on");
    await store.close();
  });

  it("sees one moment of a journal that is written meanwhile", async () => {
    await fill("room", 1);
    const writing = await scratch.open();
    const store = await openStore(scratch.path, { isReadOnly: true });
    const still = holdStill(store);
    await writing.remove({ entity: { type: "test", id: "room" }, owner: writing.writer });
    await scratch.fill("other", 3);
    assert.deepEqual(await verifyStore(still), { entities: 1, records: 20, snapshots: 1, problems: [] });
    still.done();
    await store.close();
  });
});
