import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { FileReader } from "../../../actors/logs/file/file-reader.ts";
import { JsonLines } from "../../../actors/logs/formats/json-lines.ts";
import type { Batch, Reader, ReadRequest } from "../../../actors/logs/source.ts";
import { copyRow } from "../../support/read-row.ts";

const BYTES = 65_536;

/** A log in a folder of its own, and who reads it. */
class Log {
  readonly folder = mkdtempSync(join(tmpdir(), "banyan-log-"));
  readonly path = join(this.folder, "access.log");
  /** So far into the future is it looked at: what was renamed has been quiet for as long. */
  laterMs = 0;
  cursor: string | undefined = undefined;
  unparsable = 0;
  readonly gaps: string[] = [];
  /** What the reader has told of its way. */
  readonly steps: string[] = [];
  #reader: Reader = this.#open();

  #open(): Reader {
    const format = new JsonLines("time");
    return new FileReader({ path: this.path, format, wallMs: () => Date.now() + this.laterMs });
  }

  write(...ids: (number | string)[]): void {
    appendFileSync(this.path, ids.map(lineOf).join(""));
  }

  async read(unitsMax = 1_000, bytesMax = BYTES): Promise<Batch> {
    const { signal } = new AbortController();
    return this.readWith({ bytesMax, unitsMax, signal });
  }

  readWith(parts: Pick<ReadRequest, "bytesMax" | "unitsMax" | "signal">): Promise<Batch> {
    const onProgress = (step: string): void => void this.steps.push(step);
    return this.#reader.read({ ...parts, cursor: this.cursor, onProgress });
  }

  /** How often it was told that a part of a long line was passed over, since this was asked last. */
  passedSteps(): number {
    return this.steps.splice(0).filter((step) => step === "passes over a long line").length;
  }

  close(): void {
    this.#reader.close();
  }

  /** Reads until nothing is left, and answers what there was. */
  async readAll(unitsMax?: number, bytesMax?: number): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const batch = await this.read(unitsMax, bytesMax);
      const { unparsable } = batch.rows(["id"], (row) => ids.push(copyRow(row).values[0] ?? "?"));
      this.unparsable += unparsable;
      if (batch.gap !== undefined) this.gaps.push(batch.gap.text);
      this.cursor = batch.to;
      if (batch.isAtEnd) return ids;
    }
  }

  /** What is known is the cursor alone, as after a kill. */
  restart(): void {
    this.#reader.close();
    this.#reader = this.#open();
  }

  remove(): void {
    this.#reader.close();
    rmSync(this.folder, { recursive: true });
  }
}

function lineOf(id: number | string): string {
  return `{"time":1,"id":"${id}"}\n`;
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

for (const way of ["by a reader that stays", "by a reader that begins anew each time"]) {
  describe(`a log file, read ${way}`, () => {
    let log = new Log();
    log.remove();
    beforeEach(() => void (log = new Log()));
    afterEach(() => log.remove());
    const read = (): Promise<string[]> => {
      if (way !== "by a reader that stays") log.restart();
      return log.readAll();
    };

    it("is nothing as long as it is not there", async () => {
      assert.deepEqual(await read(), []);
      assert.equal(log.cursor, undefined);
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
    });

    it("gives each line once, as it comes", async () => {
      log.write(1, 2);
      assert.deepEqual(await read(), ["1", "2"]);
      assert.deepEqual(await read(), []);
      log.write(3);
      assert.deepEqual(await read(), ["3"]);
    });

    it("keeps half a line for when it is whole", async () => {
      appendFileSync(log.path, `${lineOf("a")}{"time":1,`);
      assert.deepEqual(await read(), ["a"]);
      assert.deepEqual(await read(), []);
      appendFileSync(log.path, '"id":"b"}\n');
      assert.deepEqual(await read(), ["b"]);
      assert.equal(log.unparsable, 0);
    });

    it("goes on after it was renamed, from the old file to the new one", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      renameSync(log.path, `${log.path}.1`);
      // Its writer has it open still.
      appendFileSync(`${log.path}.1`, lineOf("b"));
      log.write("c");
      log.laterMs = 60_000;
      assert.deepEqual(await read(), ["b", "c"]);
      assert.deepEqual(log.gaps, []);
    });

    it("does not leave a file that was renamed before it has been quiet for a while", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      renameSync(log.path, `${log.path}.1`);
      log.write("c");
      const batch = await log.read();
      assert.deepEqual([batch.units, batch.to, batch.isAtEnd], [0, log.cursor, false]);
    });

    it("takes a half line at the end of a file that is left as a whole one", async () => {
      appendFileSync(log.path, `${lineOf("a")}{"time":1,"id":"b"}`);
      assert.deepEqual(await read(), ["a"]);
      renameSync(log.path, `${log.path}.1`);
      log.write("c");
      log.laterMs = 60_000;
      assert.deepEqual(await read(), ["b", "c"]);
    });

    it("goes through several files that it was while nobody read", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      for (const [older, next] of [
        ["b", "c"],
        ["d", "e"],
      ] as const) {
        log.write(older);
        renameOlder(log.path);
        log.write(next);
        // The order of files is that of their times.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      log.laterMs = 60_000;
      assert.deepEqual(await read(), ["b", "c", "d", "e"]);
      assert.deepEqual(log.gaps, []);
    });

    it("begins again when it was cut off, and says that nobody knows what was lost", async () => {
      log.write("a", "b");
      assert.deepEqual(await read(), ["a", "b"]);
      truncateSync(log.path);
      log.write("c");
      assert.deepEqual(await read(), ["c"]);
      assert.equal(log.gaps.length, 1);
    });

    it("notices a cut also when it has grown beyond where it was read", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      truncateSync(log.path);
      log.write("c", "d", "e");
      assert.deepEqual(await read(), ["c", "d", "e"]);
      assert.equal(log.gaps.length, 1);
    });

    it("reads the rest in the copy when it was copied and cut off", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      log.write("b");
      copyFileSync(log.path, `${log.path}.1`);
      truncateSync(log.path);
      log.write("c");
      log.laterMs = 60_000;
      assert.deepEqual(await read(), ["b", "c"]);
      assert.deepEqual(log.gaps, []);
    });

    it("reads what was written before it was copied and cut off, though it was empty when it was looked at last", async () => {
      log.write();
      assert.deepEqual(await log.readAll(), []);
      log.write(1, 2);
      copyFileSync(log.path, `${log.path}.1`);
      truncateSync(log.path, 0);
      log.write(3);
      log.laterMs = 10_000;
      assert.deepEqual([await log.readAll(), log.gaps], [["1", "2", "3"], []]);
    });

    it("does the same with the file that comes after one that was renamed", async () => {
      log.write(1);
      assert.deepEqual(await log.readAll(), ["1"]);
      renameSync(log.path, `${log.path}.2`);
      log.write();
      log.laterMs = 10_000;
      assert.deepEqual(await log.readAll(), []);
      log.write(2);
      copyFileSync(log.path, `${log.path}.1`);
      truncateSync(log.path, 0);
      log.write(3);
      assert.deepEqual([await log.readAll(), log.gaps], [["2", "3"], []]);
    });

    for (const [when, isLookedAt] of [
      ["", false],
      [", also where it was looked at while nothing was in it", true],
    ] as const) {
      it(`reads the copy, too, when it was cut off before that, and says that there is a gap${when}`, async () => {
        log.write(1, 2, 3);
        assert.deepEqual(await log.readAll(), ["1", "2", "3"]);
        truncateSync(log.path, 0);
        if (isLookedAt) assert.deepEqual([await log.readAll(), log.gaps], [[], []]);
        await pass(5);
        log.write(4);
        copyFileSync(log.path, `${log.path}.1`);
        truncateSync(log.path, 0);
        log.write(5);
        log.laterMs = 10_000;
        assert.deepEqual([await log.readAll(), log.gaps.length], [["4", "5"], 1]);
      });
    }

    it("begins with the new one when it was replaced, and says so", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      writeFileSync(`${log.folder}/next`, lineOf("x") + lineOf("y"));
      renameSync(`${log.folder}/next`, log.path);
      log.laterMs = 60_000;
      assert.deepEqual(await read(), ["x", "y"]);
      // Whoever still had it open has read it to its end.
      assert.equal(log.gaps.length, way === "by a reader that stays" ? 0 : 1);
    });

    it("says that there is a gap when a file went that was not read to its end", async () => {
      log.write("a");
      assert.deepEqual(await read(), ["a"]);
      log.restart();
      log.write("lost");
      rmSync(log.path);
      log.write("c");
      log.laterMs = 60_000;
      assert.deepEqual(await read(), ["c"]);
      assert.equal(log.gaps.length, 1);
    });
  });
}

describe("the reader of a log file", () => {
  let log = new Log();
  log.remove();
  beforeEach(() => void (log = new Log()));
  afterEach(() => log.remove());

  it("reads as few lines or bytes at a time as it is told, and misses none", async () => {
    const ids = numbers(0, 500);
    log.write(...ids);
    assert.deepEqual(await log.readAll(7), ids);
    log.cursor = undefined;
    assert.deepEqual(await log.readAll(1_000, 64), ids);
    log.cursor = undefined;
    assert.deepEqual(await log.readAll(1, 10), ids);
  });

  it("reads a line that is longer than what it reads at a time", async () => {
    const long = "x".repeat(300_000);
    log.write("a", long, "b");
    assert.deepEqual(await log.readAll(), ["a", long, "b"]);
  });

  it("passes over a line that is too long, and counts it", async () => {
    log.write("a", "x".repeat(3_000_000), "b");
    assert.deepEqual(await log.readAll(), ["a", "b"]);
    assert.equal(log.unparsable, 1);
  });

  it("waits for the end of a line that is too long", async () => {
    log.write("a");
    appendFileSync(log.path, "x".repeat(3_000_000));
    assert.deepEqual(await log.readAll(), ["a"]);
    appendFileSync(log.path, `\n${lineOf("b")}`);
    assert.deepEqual(await log.readAll(), ["b"]);
    assert.equal(log.unparsable, 1);
  });

  it("passes over a part at a time of a line that has no end, and says so on the way", async () => {
    log.write("a");
    assert.deepEqual(await log.readAll(), ["a"]);
    truncateSync(log.path, 200 * 2 ** 20);
    log.passedSteps();
    const steps: number[] = [];
    for (let isAtEnd = false; !isAtEnd;) {
      const batch = await log.read();
      assert.deepEqual([batch.units, batch.to], [0, log.cursor]);
      steps.push(log.passedSteps());
      isAtEnd = batch.isAtEnd;
    }
    assert.deepEqual(steps, [64, 64, 64, 7]);
    // What was passed over is not read again.
    appendFileSync(log.path, `\n${lineOf("b")}`);
    assert.deepEqual(await log.readAll(), ["b"]);
    assert.deepEqual([log.passedSteps(), log.unparsable], [1, 1]);
  });

  it("ends in the middle of a long line when nobody wants it any more", async () => {
    log.write("a");
    assert.deepEqual(await log.readAll(), ["a"]);
    truncateSync(log.path, 2 ** 40);
    const wish = new AbortController();
    wish.abort();
    log.passedSteps();
    const { units } = await log.readWith({ bytesMax: BYTES, unitsMax: 1_000, signal: wish.signal });
    assert.deepEqual([units, log.passedSteps()], [0, 0]);
  });

  it("takes a long line at the end of a file that is left as one that is too long, and goes on", async () => {
    log.write("a");
    appendFileSync(log.path, "x".repeat(3_000_000));
    assert.deepEqual(await log.readAll(), ["a"]);
    renameSync(log.path, `${log.path}.1`);
    log.write("b");
    log.laterMs = 60_000;
    assert.deepEqual(await log.readAll(), ["b"]);
    assert.equal(log.unparsable, 1);
  });

  it("takes a line of a file that is left as a whole, however much is read at a time", async () => {
    const long = "x".repeat(300_000);
    log.write("a", long);
    renameSync(log.path, `${log.path}.1`);
    log.write("b");
    log.laterMs = 60_000;
    assert.deepEqual(await log.readAll(), ["a", long, "b"]);
  });

  it("says plainly that it was closed when that happens in the middle of a read", async () => {
    log.write(...numbers(0, 500));
    const reading = log.read();
    log.close();
    await assert.rejects(reading, { name: "PullFailure", code: "readerClosed", remedy: "retry" });
  });

  it("counts lines that are not written as they should be, and no empty ones", async () => {
    appendFileSync(log.path, `nonsense\n\n\r\n${lineOf("a").trimEnd()}\r\n{"id":\n`);
    assert.deepEqual(await log.readAll(), ["a"]);
    assert.equal(log.unparsable, 2);
  });

  it("gives the same rows again when it is asked again", async () => {
    log.write("a", 'b\\"c');
    const batch = await log.read();
    const rows = (): string[] => {
      const ids: string[] = [];
      batch.rows(["id"], (row) => ids.push(copyRow(row).values[0] ?? "?"));
      return ids;
    };
    assert.deepEqual(
      [rows(), rows()],
      [
        ["a", 'b"c'],
        ["a", 'b"c'],
      ],
    );
  });
});

/** As logrotate does: `.1` becomes `.2`, and the file itself `.1`. */
function renameOlder(path: string): void {
  try {
    renameSync(`${path}.1`, `${path}.2`);
  } catch {
    // There is none yet.
  }
  renameSync(path, `${path}.1`);
}
