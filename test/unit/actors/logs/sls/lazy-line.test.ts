import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LazyLine } from "../../../../../actors/logs/sls/lazy-line.ts";

describe("a line that is opened when it is needed", () => {
  it("is one for all who need it at once, and another one after its end", async () => {
    const { line, lines } = lazy();
    assert.equal(await line.open(), await line.open());
    line.close();
    await line.open();
    assert.deepEqual(lines, { opened: 2, closed: 1 });
  });

  it("is closed also when that is said while it opens", async () => {
    const { line, lines } = lazy();
    const opening = line.open();
    line.close();
    await opening;
    assert.deepEqual(lines, { opened: 1, closed: 1 });
  });

  it("is opened anew after one that could not be, and one that fails late does not hide its successor", async () => {
    const { line, lines, fail } = lazy();
    fail(true);
    await assert.rejects(line.open(), /no line/);
    const failing = line.open();
    line.close();
    fail(false);
    const next = line.open();
    await assert.rejects(failing, /no line/);
    assert.equal(await line.open(), await next);
    assert.equal(lines.opened, 1);
  });
});

function lazy() {
  const lines = { opened: 0, closed: 0 };
  let isBroken = false;
  const line = new LazyLine(async () => {
    const isFailing = isBroken;
    await Promise.resolve();
    if (isFailing) throw new Error("no line");
    lines.opened++;
    return { close: () => void lines.closed++ };
  });
  return { line, lines, fail: (now: boolean) => void (isBroken = now) };
}
