import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fatalBlockOf, oomKills } from "../../../../../deploy/host/end/exit-evidence.ts";

const folder = mkdtempSync(join(tmpdir(), "banyan-evidence-"));
after(() => rmSync(folder, { recursive: true }));
const record = join(folder, "blocks.jsonl");

describe("the evidence of an end", () => {
  it("is the fatal block of exactly this process, and stays there for the next worker", () => {
    assert.equal(fatalBlockOf(folder, 7), undefined);
    const lines = [
      { pid: 6, isFatal: true, namedAfterMs: 1 },
      { pid: 7, isFatal: false, namedAfterMs: 2 },
      { pid: 7, isFatal: true, namedAfterMs: 3 },
    ].map((block) => JSON.stringify(block));
    const text = `${lines.join("\n")}\n{"pid":7,"isFa`;
    writeFileSync(record, text);
    assert.equal(fatalBlockOf(folder, 7)?.namedAfterMs, 3);
    assert.equal(fatalBlockOf(folder, 8), undefined);
    assert.equal(readFileSync(record, "utf8"), text);
  });

  it("is missing where the record cannot be read", () => {
    assert.equal(fatalBlockOf(join(record, "deeper"), 7), undefined);
  });

  it("counts what the kernel has killed, where it says so", () => {
    const vmstat = join(folder, "vmstat");
    writeFileSync(vmstat, "pgfault 12\noom_kill 3\nnr_x 1\n");
    assert.equal(oomKills(vmstat), 3);
    writeFileSync(vmstat, "pgfault 12\n");
    assert.equal(oomKills(vmstat), undefined);
    assert.equal(oomKills(join(folder, "none")), undefined);
  });
});
