import assert from "node:assert/strict";
import { chmodSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { open } from "lmdb";
import { isFault } from "../../../runtime/fault.ts";
import type { LmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { DATA_FILE } from "../../../runtime/persistence/data-file.ts";
import { ScratchJournal } from "../../support/scratch-journal.ts";

type Define = (name: string, body: () => Promise<void>) => unknown;

/** Root writes wherever it likes. */
const itForOthers: Define = process.getuid?.() === 0 ? none : it;
const ROOM = { type: "test", id: "room" };

let scratch: ScratchJournal;
beforeEach(() => {
  scratch = new ScratchJournal();
});
afterEach(() => scratch.dispose());

describe("a damaged journal", { timeout: 60_000 }, () => {
  it("names entity and version of a record with a flipped bit, and serves the others", async () => {
    await scratch.fill("room", 5);
    await scratch.fill("other", 5);
    await scratch.damage(({ records }) => {
      const record = Buffer.from(records.get(["test/room", 3]) ?? []);
      record[record.length - 1]! ^= 1;
      records.putSync(["test/room", 3], record);
    });
    const journal = await scratch.open();
    await assert.rejects(readAll(journal), {
      code: "journalCorrupt",
      message: /entity:test\/room, version 3, why the record is damaged: its checksum does not fit/,
    });
    assert.equal((await journal.read(ROOM, { fromVersion: 1, limit: 2 })).length, 2);
    assert.equal((await journal.load({ type: "test", id: "other" })).version, 5);
  });

  it("never gives one entity's record, or one version, for another's", async () => {
    await scratch.fill("room", 3);
    await scratch.fill("other", 3);
    await scratch.damage(({ records }) => {
      records.putSync(["test/room", 2], records.get(["test/other", 2]) ?? Buffer.alloc(0));
    });
    await assert.rejects(readAll(await scratch.open()), { code: "journalCorrupt", message: /version 2/ });
    await scratch.damage(({ records }) => {
      records.putSync(["test/room", 2], records.get(["test/room", 1]) ?? Buffer.alloc(0));
    });
    await assert.rejects(readAll(await scratch.open()), {
      code: "journalCorrupt",
      message: /version 2, why it says that it is version 1/,
    });
  });

  it("names the version that is missing: in the middle, and where the history begins", async () => {
    await scratch.fill("room", 5);
    await scratch.damage(({ records }) => records.removeSync(["test/room", 4]));
    const gap = { code: "journalCorrupt", message: /version 4, why the record is missing/ };
    await assert.rejects(readAll(await scratch.open()), gap);
    await scratch.fill("other", 3);
    await scratch.damage(({ records }) => records.removeSync(["test/other", 1]));
    const first = { code: "journalCorrupt", message: /version 1, why the record is missing/ };
    await assert.rejects(readAll(await scratch.open(), "other"), first);
  });

  it("names a snapshot that is damaged", async () => {
    await scratch.fill("room", 2);
    const journal = await scratch.open();
    const bytes = new Uint8Array(50);
    await journal.snapshot({ entity: ROOM, owner: journal.writer, version: 2, bytes, keepFrom: 3 });
    await scratch.damage(({ snapshots }) => {
      const snapshot = Buffer.from(snapshots.get("test/room") ?? []);
      snapshot[40]! ^= 8;
      snapshots.putSync("test/room", snapshot);
    });
    await assert.rejects(readAll(await scratch.open()), {
      code: "journalCorrupt",
      message: /entity:test\/room, why the snapshot is damaged/,
    });
  });

  it("refuses to append after a record that it cannot read, and stores what others send with it", async () => {
    await scratch.fill("room", 2);
    await scratch.damage(({ records }) => records.putSync(["test/room", 2], Buffer.from("torn")));
    const journal = await scratch.open();
    const append = (id: string, expectedVersion: number): ReturnType<LmdbJournal["append"]> => {
      const what = { entity: { type: "test", id }, owner: journal.writer, expectedVersion, atMs: 1 };
      return journal.append({ ...what, bytes: new Uint8Array(3), durability: "fsync" });
    };
    const [first, damaged, second] = await Promise.allSettled([
      append("one", 0),
      append("room", 2),
      append("two", 0),
    ]);
    assert.deepEqual([first.status, second.status], ["fulfilled", "fulfilled"]);
    assert.ok(damaged.status === "rejected" && isFault(damaged.reason, "journalCorrupt"));
  });

  it("whose file was cut off says so, and neither ends the process nor gives wrong data", async () => {
    await scratch.fill("room", 300, 4_000);
    await scratch.close();
    const file = join(scratch.path, DATA_FILE);
    truncateSync(file, Math.floor(readFileSync(file).length / 8_192) * 4_096);
    await assert.rejects(scratch.open(), { code: "journalCorrupt", message: /the file was cut off/ });
  });
});

describe("a directory that holds no journal", { timeout: 60_000 }, () => {
  it("is refused in words when its file is none of LMDB", async () => {
    writeFileSync(join(scratch.path, DATA_FILE), "not a journal ".repeat(5_000));
    await assert.rejects(scratch.open(), {
      code: "journalUnusable",
      message: /\(path .*, why data.mdb is no file of LMDB\)/,
    });
  });

  it("is refused when the journal is of a newer banyan", async () => {
    await scratch.fill("room", 1);
    await scratch.damage(({ meta }) => meta.putSync("format", 2));
    await assert.rejects(scratch.open(), {
      code: "journalUnusable",
      message: /it has format 2, and this banyan knows 1: start the banyan that wrote it/,
    });
  });

  it("is refused, and left as it is, when its file holds somebody else's data", async () => {
    const theirs = open({ path: scratch.path, noSubdir: false });
    await theirs.put("their key", "their value");
    await theirs.close();
    const refusal = { code: "journalUnusable", message: /data.mdb is no journal of banyan/ };
    await assert.rejects(scratch.open(), refusal);
    const again = open({ path: scratch.path, noSubdir: false });
    assert.deepEqual([...again.getKeys()], ["their key"]);
    await again.close();
  });

  it("is made one when its file is empty, as after a kill in its first moment", async () => {
    writeFileSync(join(scratch.path, DATA_FILE), "");
    await scratch.fill("room", 1);
  });

  itForOthers("is refused in words where it cannot be written", async () => {
    chmodSync(scratch.path, 0o500);
    await assert.rejects(scratch.open(), { code: "journalUnusable", message: /ermission denied/ });
    chmodSync(scratch.path, 0o700);
  });
});

async function readAll(journal: LmdbJournal, id = ROOM.id): Promise<void> {
  const { pages } = await journal.load({ type: "test", id });
  for await (const page of pages) assert.ok(page.length > 0);
}

function none(): undefined {
  return undefined;
}
