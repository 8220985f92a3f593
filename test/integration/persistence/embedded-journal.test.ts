import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "node:test";
import { EmbeddedJournal } from "../../../runtime/persistence/embedded-journal.ts";
import type { Append } from "../../../runtime/persistence/journal.ts";
import { LmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { DATA_FILE } from "../../../runtime/persistence/data-file.ts";
import { openStore } from "../../../runtime/persistence/lmdb-store.ts";
import { claimStore } from "../../../runtime/persistence/lmdb-writer.ts";
import { verifyStore } from "../../../runtime/persistence/verify-store.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";

const WRITER = fileURLToPath(new URL("../../support/journal-writer.js", import.meta.url));
const ROOM = { type: "test", id: "room" };
const COLD = { isTakeover: false };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "embedded-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function journalOf(incarnation: string): EmbeddedJournal {
  return new EmbeddedJournal({ path: join(folder, "journal"), clock: new SystemClock(), incarnation });
}

function step(journal: EmbeddedJournal, expectedVersion: number): Append {
  const bytes = Buffer.from(`step ${expectedVersion + 1}`);
  return { entity: ROOM, owner: journal.owner, expectedVersion, bytes, atMs: 1, durability: "fsync" };
}

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

describe("the journal of a node", () => {
  it("of another user is refused in words", { skip: !isRoot && "only root can be two users" }, async () => {
    const journal = journalOf("one");
    await journal.open(COLD);
    await journal.close();
    const path = join(folder, "journal");
    // All is theirs but the file that says who has it open.
    for (const file of [folder, path, join(path, DATA_FILE)]) chownSync(file, NOBODY, NOBODY);
    const { status, signal, stderr } = spawnSync(process.execPath, [WRITER, path, "steady", "1"], {
      uid: NOBODY,
      cwd: folder,
      encoding: "utf8",
    });
    assert.deepEqual({ status, signal }, { status: 1, signal: null });
    assert.match(stderr, /journalUnusable: .*EACCES.*lock\.mdb/);
  });

  it("lets whoever reads wait until it is opened, and is its owner's alone", async () => {
    const journal = journalOf("one");
    const loaded = journal.load(ROOM);
    await journal.open(COLD);
    assert.equal((await loaded).version, 0);
    assert.equal(statSync(join(folder, "journal")).mode & 0o777, 0o700);
    await journal.close();
  });

  it("is passed on: each opening has a higher epoch, and who opens it later fences whoever had it before", async () => {
    const [one, two] = [journalOf("one"), journalOf("two")];
    await one.open(COLD);
    assert.deepEqual(await one.append(step(one, 0)), { kind: "appended", version: 1 });
    const { ownerEpoch } = one.owner;
    await two.open({ isTakeover: true });
    assert.ok(two.owner.ownerEpoch > ownerEpoch);
    assert.equal((await one.append(step(one, 1))).kind, "fenced");
    assert.deepEqual(await two.append(step(two, 1)), { kind: "appended", version: 2 });
    await two.close();
    await one.close();
    // The hand-over was called off: it goes on where the other one has come to.
    await one.open({ isTakeover: true });
    assert.equal((await one.load(ROOM)).version, 2);
    assert.deepEqual(await one.append(step(one, 2)), { kind: "appended", version: 3 });
    await one.close();
  });

  it("refuses everything once it is closed", async () => {
    const journal = journalOf("one");
    await journal.open(COLD);
    await journal.close();
    await assert.rejects(journal.append(step(journal, 0)), { code: "journalClosed" });
    await assert.rejects(journal.load(ROOM), { code: "journalClosed" });
  });

  it("lets nobody wait for ever when it is given up before it was opened", async () => {
    const journal = journalOf("one");
    const loaded = journal.load(ROOM);
    await journal.close();
    await assert.rejects(loaded, { code: "journalClosed" });
  });

  it("is copied while it is written: each copy is whole and as of a moment, and nothing is lost", async () => {
    const journal = journalOf("one");
    await journal.open(COLD);
    let stored = 0;
    let isWriting = true;
    const writing = (async () => {
      for (; isWriting; stored += 1) await journal.append(step(journal, stored));
    })();
    for (let copies = 0; copies < 10; copies += 1) {
      const least = stored;
      const { path, bytes } = await journal.copy();
      const store = await openStore(path, { isReadOnly: true });
      const { records, problems } = await verifyStore(store);
      await store.close();
      assert.deepEqual(problems, []);
      assert.ok(records >= least && bytes > 0, `${records} of ${least} records are in the copy`);
    }
    isWriting = false;
    await writing;
    assert.equal((await journal.load(ROOM)).version, stored);
    await journal.close();
  });

  it("makes one copy at a time, and removes those that nobody has opened for a minute or reads any more", async () => {
    const journal = journalOf("one");
    await journal.open(COLD);
    await journal.append(step(journal, 0));
    const made = journal.copy();
    await assert.rejects(journal.copy(), { code: "journalBusy" });
    const [forgotten, read, fresh] = [await made, await journal.copy(), await journal.copy()];
    const reader = await openStore(read.path, { isReadOnly: true });
    for (const { path } of [forgotten, read]) utimesSync(path, 1, 1);
    const { path } = await journal.copy();
    await reader.close();
    await journal.close();
    const left = readdirSync(join(folder, "journal", "copies")).map((name) =>
      join(folder, "journal", "copies", name),
    );
    assert.deepEqual(left.toSorted(), [read.path, fresh.path, path].toSorted());
  });

  it("says once that a flush has failed, and takes nothing more", async () => {
    const store = await openStore(join(folder, "journal"));
    const writer = claimStore(store, { incarnation: "one", wallMs: 1 });
    const failing = { ...store, flush: () => Promise.reject(new Error("planted")) };
    const broken: string[] = [];
    const journal = new LmdbJournal(failing, writer, {
      path: store.path,
      clock: new SystemClock(),
      incarnation: "one",
      onBroken: ({ code }) => broken.push(code),
    });
    const append = { ...step(journalOf("one"), 0), owner: writer };
    await assert.rejects(journal.append(append), { code: "journalUnavailable" });
    await assert.rejects(journal.append(append), { code: "journalUnavailable" });
    assert.deepEqual(broken, ["journalUnavailable"]);
    await store.close();
  });
});
