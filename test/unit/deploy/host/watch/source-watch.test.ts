import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, afterEach, describe, it } from "node:test";
import { changedBetween, describeChange, takePrint } from "../../../../../deploy/host/watch/code-print.ts";
import { SourceWatch } from "../../../../../deploy/host/watch/source-watch.ts";
import { VirtualClock } from "../../../../../runtime/time/virtual-clock.ts";

const SETTLE_MS = 300;
const root = mkdtempSync(join(tmpdir(), "banyan-watch-"));
after(() => rmSync(root, { recursive: true }));

type Answer = "done" | "busy";

const open: SourceWatch[] = [];
afterEach(() => {
  for (const watch of open.splice(0)) watch.close();
});

/** A program in a folder of its own, watched in virtual time: `noticed` stands for what the file system tells. */
function program({ isStamped = false, answer = "done" }: { isStamped?: boolean; answer?: Answer } = {}) {
  const place = mkdtempSync(join(root, "program-"));
  const code = join(place, "dist");
  const clock = new VirtualClock();
  const changes: string[][] = [];
  const troubles: Error[] = [];
  const write = (path: string, text: string): void => {
    mkdirSync(join(place, path, ".."), { recursive: true });
    writeFileSync(join(place, path), text);
  };
  write("dist/a.js", "1");
  write("dist/deep/b.js", "1");
  if (isStamped) write("dist/.build-stamp", "1");
  const take = { answer, during: (): void => undefined, until: Promise.resolve() };
  const watch = new SourceWatch({
    clock,
    codeFolder: code,
    files: [join(place, "banyan.yaml")],
    settleMs: SETTLE_MS,
    onTrouble: (error) => void troubles.push(error),
    onChange: (changed) => {
      changes.push(changed.map((path) => relative(place, path)));
      take.during();
      return take.until.then(() => take.answer);
    },
  });
  watch.start();
  open.push(watch);
  /** Lets time pass, and what was taken up come to its end. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  return { place, code, write, watch, changes, troubles, pass, take };
}

describe("watching the source", () => {
  it("takes up a change once nothing has changed for the settle time", async () => {
    const { write, watch, changes, pass } = program();
    write("dist/a.js", "2");
    watch.noticed();
    await pass(SETTLE_MS - 20);
    write("dist/c.js", "2");
    watch.noticed();
    await pass(SETTLE_MS - 20);
    assert.deepEqual(changes, []);
    await pass(40);
    assert.deepEqual(changes, [["dist/a.js", "dist/c.js"]]);
    await pass(5_000);
    assert.equal(changes.length, 1);
  });

  it("takes no change for one that leaves everything as it was, or touches what is not loaded", async () => {
    const { write, watch, changes, pass } = program();
    write("dist/a.js", "1");
    write("dist/a.js.map", "2");
    write("dist/a.d.ts", "2");
    write("dist/.a.js.swp", "2");
    write("dist/test/unit/a.test.js", "2");
    watch.noticed();
    await pass(5_000);
    assert.deepEqual(changes, []);
  });

  it("sees new folders, removed files and the settings file", async () => {
    const { write, watch, changes, pass, code } = program();
    write("dist/new/deep/c.js", "1");
    write("banyan.yaml", "name: a");
    rmSync(join(code, "a.js"));
    watch.noticed();
    await pass(2_000);
    assert.deepEqual(changes, [["banyan.yaml", "dist/a.js", "dist/new/deep/c.js"]]);
  });

  it("waits for the end of a build that stamps its ends", async () => {
    const { write, watch, changes, pass, code } = program({ isStamped: true });
    rmSync(join(code, ".build-stamp"));
    write("dist/a.js", "half");
    watch.noticed();
    await pass(10_000);
    assert.deepEqual(changes, []);
    write("dist/a.js", "whole");
    write("dist/.build-stamp", "2");
    watch.noticed();
    await pass(1_000);
    assert.deepEqual(changes, [["dist/a.js"]]);
  });

  it("gives up waiting for a build that has failed", async () => {
    const { write, watch, changes, pass, code } = program({ isStamped: true });
    rmSync(join(code, ".build-stamp"));
    write("dist/a.js", "2");
    watch.noticed();
    await pass(121_000);
    assert.equal(changes.length, 1);
  });

  it("waits while the whole folder is away", async () => {
    const { watch, changes, pass, code, place, write } = program();
    renameSync(code, join(place, "away"));
    watch.noticed();
    await pass(10_000);
    assert.deepEqual(changes, []);
    renameSync(join(place, "away"), code);
    write("dist/a.js", "2");
    watch.noticed();
    await pass(1_000);
    assert.deepEqual(changes, [["dist/a.js"]]);
  });

  it("takes up a change that never pauses all the same", async () => {
    const { write, watch, changes, pass } = program();
    for (let round = 0; changes.length === 0 && round < 400; round++) {
      write("dist/a.js", `${round}`);
      watch.noticed();
      await pass(100);
    }
    assert.equal(changes.length, 1);
  });

  it("takes up one change at a time; what changed meanwhile is the next one", async () => {
    const { write, watch, changes, pass, take } = program();
    take.during = () => {
      write("dist/deep/b.js", "2");
      watch.noticed();
    };
    write("dist/a.js", "2");
    watch.noticed();
    await pass(2_000);
    assert.deepEqual(changes, [["dist/a.js"], ["dist/deep/b.js"]]);
  });

  it("takes up nothing while a change is being taken up, however long that takes", async () => {
    const { write, watch, changes, pass, take } = program();
    let end = (): void => undefined;
    take.until = new Promise((resolve) => (end = resolve));
    write("dist/a.js", "2");
    watch.noticed();
    await pass(1_000);
    write("dist/a.js", "3");
    watch.noticed();
    await pass(1_000);
    assert.equal(changes.length, 1);
    end();
    await pass(1_000);
    assert.equal(changes.length, 2);
  });

  it("comes back with a change that could not be taken up", async () => {
    const { write, watch, changes, pass, take } = program({ answer: "busy" });
    write("dist/a.js", "2");
    watch.noticed();
    await pass(SETTLE_MS * 2);
    take.answer = "done";
    await pass(5_000);
    assert.ok(changes.length >= 2);
    assert.ok(changes.every(([path]) => path === "dist/a.js"));
    const count = changes.length;
    await pass(5_000);
    assert.equal(changes.length, count);
  });

  it("goes on after a change that could not be carried out", async () => {
    const { write, watch, changes, troubles, pass, take } = program();
    take.during = () => {
      throw new Error("no");
    };
    write("dist/a.js", "2");
    watch.noticed();
    await pass(2_000);
    take.during = () => undefined;
    write("dist/a.js", "3");
    watch.noticed();
    await pass(2_000);
    assert.equal(changes.length, 2);
    assert.deepEqual(
      troubles.map(({ message }) => message),
      ["no"],
    );
  });
});

describe("the print of a program", () => {
  it("tells which files differ", () => {
    const { code, write } = program();
    const before = takePrint(code, []);
    assert.deepEqual(changedBetween(before, before), []);
    write("dist/a.js", "2");
    assert.deepEqual(changedBetween(before, takePrint(code, [])), [join(code, "a.js")]);
    assert.equal(takePrint(join(code, "none"), []).size, 0);
  });

  it("is told in a line: three names, and how many more", () => {
    const paths = ["/p/a", "/p/b/c", "/p/d", "/p/e", "/p/f"];
    assert.equal(describeChange(paths, "/p"), "a, b/c, d and 2 more");
    assert.equal(describeChange(["/p/a"], "/p"), "a");
  });
});
