import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readPidFile, removePidFile, writePidFile } from "../../../../../deploy/host/place/pid-file.ts";
import { writeFresh } from "../../../../../deploy/write-fresh.ts";

const folder = mkdtempSync(join(tmpdir(), "banyan-pid-"));
after(() => rmSync(folder, { recursive: true }));

describe("the pid file", () => {
  it("names a process until that one takes it back", () => {
    const path = join(folder, "a.pid");
    assert.equal(readPidFile(path), undefined);
    writePidFile(path, 4_711);
    assert.equal(readFileSync(path, "utf8"), "4711\n");
    removePidFile(path, 4_712);
    assert.equal(readPidFile(path), 4_711);
    removePidFile(path, 4_711);
    assert.equal(readPidFile(path), undefined);
  });

  it("names nobody when it holds something else", () => {
    const path = join(folder, "odd.pid");
    for (const text of ["", "\n", "-1", "0", "12 13", "1e9", "99999999999"]) {
      writeFileSync(path, text);
      assert.equal(readPidFile(path), undefined, text);
    }
  });

  it("replaces a link that somebody has put there, and does not write through it", () => {
    const [path, victim] = [join(folder, "b.pid"), join(folder, "victim")];
    writeFileSync(victim, "precious");
    symlinkSync(victim, path);
    writePidFile(path, 1);
    assert.equal(readFileSync(victim, "utf8"), "precious");
    assert.equal(readPidFile(path), 1);
  });

  it("leaves nothing beside it, and is its owner's alone unless it is a pid", () => {
    const place = mkdtempSync(join(folder, "own-"));
    writeFresh(join(place, "secret"), "x");
    assert.deepEqual(readdirSync(place), ["secret"]);
    assert.equal(statSync(join(place, "secret")).mode & 0o777, 0o600);
  });
});
