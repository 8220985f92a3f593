import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openLmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { JournalProcess } from "../../support/journal-process.ts";
import { writtenBytes } from "../../support/written-bytes.ts";

type Define = (name: string, body: () => Promise<void>) => unknown;

/** In blocks of 512 bytes, as `ulimit -f` of POSIX counts: 4 MiB. */
const LIMIT_BLOCKS = 8_192;
const FILLING_BYTES = 60_000;
/** Only root may mount, and in some containers not even root. */
const mayMount = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;
const itForRoot: Define = mayMount ? it : none;

let path: string;
before(async () => {
  path = await mkdtemp(join(tmpdir(), "journal-full-"));
});
after(() => rm(path, { recursive: true }));

describe("a journal on a full disk", { timeout: 120_000 }, () => {
  it("refuses appends by name, loses nothing, and goes on when there is room: a limit for files", async () => {
    const limit = `ulimit -S -f ${LIMIT_BLOCKS}`;
    const writer = new JournalProcess([join(path, "limit"), "fill", ""], { before: limit, with: [] });
    await answersFull(writer, () => {
      execFileSync("prlimit", ["--pid", String(writer.pid), "--fsize=unlimited"]);
    });
    const { version } = await writer.until("done");
    await holdsAll(join(path, "limit"), version ?? 0);
  });

  itForRoot(
    "refuses appends by name, loses nothing, and goes on when there is room: a full device",
    async () => {
      const folder = join(path, "device");
      const mount = `mkdir "${folder}"; mount -t tmpfs -o size=6m tmpfs "${folder}"; head -c 2000000 /dev/zero > "${folder}/ballast"`;
      const writer = new JournalProcess([join(folder, "journal"), "fill", join(folder, "ballast")], {
        before: mount,
        with: ["unshare", "-m"],
      });
      await answersFull(writer, () => undefined);
    },
  );
});

async function answersFull(writer: JournalProcess, makeRoom: () => void): Promise<void> {
  const refused = await writer.until("refused");
  assert.match(refused.text ?? "", /^journalFull: the journal has no room left \(path .*, why .*\)/);
  const { version: first = 0 } = await writer.until("full");
  assert.ok(first > 10, `only ${first} fitted`);
  makeRoom();
  writer.goOn();
  const { version } = await writer.until("done");
  assert.equal(version, first + 3);
  await writer.ended();
  const stored = writer.lines.filter(({ kind }) => kind === "appended").map((line) => line.version);
  assert.deepEqual(
    stored,
    stored.map((_, index) => index + 1),
    "no version is missing",
  );
  assert.equal(stored.length, version);
}

async function holdsAll(folder: string, expected: number): Promise<void> {
  const journal = await openLmdbJournal({ path: folder, clock: new SystemClock(), incarnation: "checker" });
  try {
    const { version, pages } = await journal.load({ type: "test", id: "filling" });
    assert.equal(version, expected);
    for await (const page of pages) {
      for (const record of page) {
        const written = writtenBytes("filling", record.version, FILLING_BYTES);
        assert.equal(Buffer.compare(record.bytes, written), 0);
      }
    }
  } finally {
    await journal.close();
  }
}

function none(): undefined {
  return undefined;
}
