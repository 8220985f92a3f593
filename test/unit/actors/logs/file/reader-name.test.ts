import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { readerName } from "../../../../../actors/logs/file/reader-name.ts";

describe("the name by which the files of a machine are counted", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "banyan-reader-"));
    path = join(folder, "logs", "reader");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is made once, and leaves nothing beside it", () => {
    const name = readerName(path);
    assert.match(name, /^[A-Za-z0-9._-]+-[0-9a-f]{6}$/);
    assert.equal(readerName(path), name);
    assert.deepEqual(readdirSync(join(folder, "logs")), ["reader"]);
  });

  it("is the one that is there, whoever has made it", () => {
    const name = readerName(path);
    writeFileSync(path, `${name}-other\n`);
    assert.equal(readerName(path), `${name}-other`);
  });

  it("is never empty: what was cut off in the middle of its making is made again, and stays", () => {
    readerName(path);
    writeFileSync(path, "");
    const name = readerName(path);
    assert.notEqual(name, "");
    assert.equal(readFileSync(path, "utf8"), `${name}\n`);
    assert.equal(readerName(path), name);
  });
});
