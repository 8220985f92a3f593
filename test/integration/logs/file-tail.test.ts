import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { FileTail } from "../../../actors/logs/file/file-tail.ts";
import { PullFailure } from "../../../actors/logs/source.ts";

const REQUEST = {
  bytesMax: 65_536,
  linesMax: 1_000,
  isLeft: false,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

describe("a log file that is open", () => {
  let folder: string;
  let path: string;
  let tail: FileTail;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "banyan-tail-"));
    path = join(folder, "access.log");
    appendFileSync(path, "one\ntwo\n");
    const opened = await FileTail.open(path);
    assert.ok(opened);
    tail = opened;
  });

  afterEach(() => {
    tail.close();
    rmSync(folder, { recursive: true });
  });

  it("is read from where it was read up to", async () => {
    const first = await tail.read(await tail.start(), { ...REQUEST, linesMax: 1 });
    assert.equal(textOf(first), "one\n");
    const second = await tail.read(first.cursor, REQUEST);
    assert.equal(textOf(second), "two\n");
    assert.ok(second.isAtEnd && second.isEmpty);
  });

  it("is not read on where it was cut off and written again, and by now is longer than what was read", async () => {
    const { cursor } = await tail.read(await tail.start(), { ...REQUEST, linesMax: 1 });
    truncateSync(path, 0);
    appendFileSync(path, "six\nseven\neight\n");
    await assert.rejects(
      tail.read(cursor, REQUEST),
      (error) => error instanceof PullFailure && error.code === "fileMoved",
    );
  });
});

function textOf({ span }: { readonly span: { readonly bytes: Buffer; readonly end: number } }): string {
  return span.bytes.toString("utf8", 0, span.end);
}
