import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SourceWatch } from "../../../../../deploy/host/watch/source-watch.ts";
import { SystemClock } from "../../../../../runtime/time/system-clock.ts";
import { eventually } from "../../../../support/eventually.ts";

const SETTLE_MS = 200;
const root = mkdtempSync(join(tmpdir(), "banyan-source-"));
after(() => rmSync(root, { recursive: true }));

let place: string;
let changes: string[][];
let watch: SourceWatch;

function write(path: string, text: string): void {
  mkdirSync(join(place, path, ".."), { recursive: true });
  writeFileSync(join(place, path), text);
}

/** All files that were named so far. */
const named = (): string[] => [...new Set(changes.flat())].toSorted();

beforeEach(() => {
  place = mkdtempSync(join(root, "place-"));
  changes = [];
  write("dist/a.js", "1");
  write("dist/deep/b.js", "1");
  write("banyan.yaml", "name: a");
  watch = new SourceWatch({
    clock: new SystemClock(),
    codeFolder: join(place, "dist"),
    files: [join(place, "banyan.yaml")],
    settleMs: SETTLE_MS,
    onChange: (changed) => {
      changes.push(changed.map((path) => relative(place, path)));
      return Promise.resolve("done" as const);
    },
    onTrouble: (error) => assert.fail(error),
  });
  watch.start();
});
afterEach(() => watch.close());

describe("a watched folder", () => {
  it("tells a file that is written in place, deep down too", async () => {
    write("dist/deep/b.js", "2");
    await eventually(named, ["dist/deep/b.js"]);
  });

  it("tells a settings file that an editor replaces, again and again", async () => {
    for (const name of ["b", "c", "d"]) {
      write("banyan.yaml.new", `name: ${name}`);
      renameSync(join(place, "banyan.yaml.new"), join(place, "banyan.yaml"));
      const count = changes.length;
      await eventually(() => changes.length > count, true, name);
    }
    assert.deepEqual(named(), ["banyan.yaml"]);
  });

  it("tells files of a folder that is new", async () => {
    write("dist/new/deeper/c.js", "1");
    await eventually(named, ["dist/new/deeper/c.js"]);
    const count = changes.length;
    write("dist/new/deeper/c.js", "2");
    await eventually(() => changes.length > count, true);
  });

  it("is still watched after a tool has removed and rewritten all of it", async () => {
    for (const text of ["2", "3"]) {
      rmSync(join(place, "dist"), { recursive: true });
      await sleep(2 * SETTLE_MS);
      write("dist/a.js", text);
      write("dist/deep/b.js", text);
      const count = changes.length;
      await eventually(() => changes.length > count, true, text);
    }
    const count = changes.length;
    write("dist/deep/b.js", "4");
    // What was told late of the rewriting may stand before it.
    await eventually(() => changes.slice(count).at(-1), ["dist/deep/b.js"]);
  });

  it("says a burst of changes once", async () => {
    for (let file = 0; file < 200; file++) write(`dist/many/${file}.js`, "1");
    await eventually(() => named().length, 200);
    assert.equal(changes.length, 1);
  });

  it("keeps quiet about what the program does not load", async () => {
    write("dist/a.js.map", "2");
    write("dist/test/unit/a.test.js", "2");
    write("dist/.a.js.swp", "2");
    write("dist/a.js", "1");
    write("other.txt", "2");
    await sleep(4 * SETTLE_MS);
    assert.deepEqual(changes, []);
    write("dist/a.js", "2");
    await eventually(() => changes, [["dist/a.js"]]);
  });
});
