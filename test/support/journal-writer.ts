/**
 * A process that writes a journal, for tests that end it, fill its disk or take its journal away:
 * `journal-writer.js PATH steady ENTITIES` appends to so many entities without end and prints each acknowledged version;
 * `journal-writer.js PATH fill BALLAST` appends until there is no room, says so, and goes on when it reads a line.
 */
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { openLmdbJournal } from "../../runtime/persistence/lmdb-journal.ts";
import type { LmdbJournal } from "../../runtime/persistence/lmdb-journal.ts";
import { isFault } from "../../runtime/fault.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { writtenBytes } from "./written-bytes.ts";

const IN_FLIGHT = 4;
const FILLING_BYTES = 60_000;

const [path = "", task, option = ""] = process.argv.slice(2);
const incarnation = `writer-${process.pid}`;
const journal = await openLmdbJournal({ path, clock: new SystemClock(), incarnation });
if (task === "steady") {
  say({ kind: "opened" });
  await Promise.all(
    Array.from({ length: Number(option) }, (_, index) => writeOn(journal, `steady-${index}`)),
  );
} else {
  await fill(journal, option);
}

async function writeOn(to: LmdbJournal, id: string): Promise<void> {
  let { version } = await to.load({ type: "test", id });
  const appends: Promise<boolean>[] = [];
  for (;;) {
    while (appends.length < IN_FLIGHT) appends.push(append(to, { id, version: (version += 1) }));
    if (!(await appends.shift())) return;
  }
}

async function append(to: LmdbJournal, { id, version, size = 100 }: Step): Promise<boolean> {
  const entity = { type: "test", id };
  const bytes = writtenBytes(id, version, size);
  const what = { entity, owner: to.writer, expectedVersion: version - 1, bytes };
  const answer = await to.append({ ...what, atMs: Date.now(), durability: "fsync" });
  say({ id, ...answer });
  return answer.kind === "appended";
}

interface Step {
  readonly id: string;
  readonly version: number;
  readonly size?: number;
}

async function fill(to: LmdbJournal, ballast: string): Promise<void> {
  const first = await fillUp(to, 0);
  say({ kind: "full", version: first });
  await once(process.stdin, "data");
  if (existsSync(ballast)) rmSync(ballast);
  const second = await goOn(to, first);
  say({ kind: "done", version: second });
  await to.close();
  process.exit();
}

async function fillUp(to: LmdbJournal, from: number): Promise<number> {
  for (let version = from + 1; ; version += 1) {
    try {
      await append(to, { id: "filling", version, size: FILLING_BYTES });
    } catch (error) {
      if (!isFault(error, "journalFull")) throw error;
      say({ kind: "refused", code: error.code, text: error.message });
      return version - 1;
    }
  }
}

async function goOn(to: LmdbJournal, from: number): Promise<number> {
  for (let version = from + 1; version <= from + 3; version += 1) {
    await append(to, { id: "filling", version, size: FILLING_BYTES });
  }
  return from + 3;
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
