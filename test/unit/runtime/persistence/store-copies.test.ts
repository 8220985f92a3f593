import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { StoreCopies } from "../../../../runtime/persistence/store-copies.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "banyan-copies-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const failing = (code: string) => ({
  usedBytes: () => 0,
  copyTo: (): Promise<void> => Promise.reject(Object.assign(new Error("planted"), { code })),
});

describe("a copy of a store", () => {
  it("for which the disk had no room after all is refused as such, and nothing of it stays", async () => {
    await assert.rejects(new StoreCopies(folder).make(failing("ENOSPC")), { code: "journalFull" });
    assert.deepEqual(readdirSync(join(folder, "copies")), []);
  });

  it("that cannot be written is refused in words", async () => {
    await assert.rejects(new StoreCopies(folder).make(failing("EIO")), { code: "journalUnavailable" });
    writeFileSync(join(folder, "file"), "");
    const nowhere = new StoreCopies(join(folder, "file"));
    await assert.rejects(nowhere.make(failing("never")), { code: "journalUnavailable" });
  });
});
