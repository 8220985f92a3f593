import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { writeFresh } from "../../../deploy/write-fresh.ts";

describe("a file that cannot be written", () => {
  it("leaves no draft behind", () => {
    const folder = mkdtempSync(join(tmpdir(), "banyan-test-"));
    try {
      const path = join(folder, "taken");
      mkdirSync(join(path, "by-a-folder"), { recursive: true });
      assert.throws(() => writeFresh(path, "text"), /EISDIR|ENOTEMPTY|EEXIST/);
      assert.deepEqual(readdirSync(folder), ["taken"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
