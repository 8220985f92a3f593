import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Audit } from "../../../../runtime/audit/audit.ts";
import type { AuditAct } from "../../../../runtime/audit/audit-entry.ts";

let folder: string;
let path: string;
let nowMs: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-audit-"));
  path = join(folder, "data", "audit.jsonl");
  nowMs = 1_700_000_000_000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const newAudit = (bounds?: { bytesMax: number; oldFiles: number }) => new Audit(path, () => nowMs++, bounds);
const act = (target: string, parameters: unknown = {}): AuditAct => ({
  who: { address: "::1", token: "0123456789ab" },
  act: "suspend",
  target,
  parameters,
});
const DONE = { outcome: "done", status: 200, answer: { done: 1 } } as const;
const linesOf = (file: string) => readFileSync(file, "utf8").trim().split("\n");

describe("the audit", () => {
  it("holds an act before it is done, and its outcome after that", async () => {
    const audit = newAudit();
    const begun = await audit.begin(act("/rooms"));
    assert.equal(linesOf(path).length, 1);
    assert.deepEqual(
      (await audit.recent(10)).map(({ outcome }) => outcome),
      ["begun"],
    );
    await audit.end(begun, DONE);
    const [entry] = await audit.recent(10);
    assert.deepEqual(entry, { ...begun, ...DONE });
    assert.deepEqual([entry?.atMs, entry?.act, entry?.target], [1_700_000_000_000, "suspend", "/rooms"]);
  });

  it("is read by its owner alone", async () => {
    await newAudit().begin(act("/rooms"));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, "data")).mode & 0o777, 0o700);
  });

  it("goes on where another process has left it", async () => {
    await newAudit().begin(act("/a"));
    await newAudit().begin(act("/b"));
    assert.deepEqual(
      (await newAudit().recent(10)).map(({ target }) => target),
      ["/b", "/a"],
    );
  });

  it("shows the newest first, at most as many as are wanted", async () => {
    const audit = newAudit();
    for (const target of ["/a", "/b", "/c"]) await audit.end(await audit.begin(act(target)), DONE);
    assert.deepEqual(
      (await audit.recent(2)).map(({ target }) => target),
      ["/c", "/b"],
    );
  });

  it("keeps acts that come at once in their order, each whole, and its files in their bounds", async () => {
    const audit = newAudit({ bytesMax: 2_000, oldFiles: 50 });
    const targets = Array.from({ length: 50 }, (_, index) => `/actor-${index}`);
    await Promise.all(targets.map((target) => audit.begin(act(target))));
    const files = readdirSync(join(folder, "data")).map((name) => join(folder, "data", name));
    assert.ok(files.length > 1);
    for (const file of files) {
      assert.ok(statSync(file).size <= 2_000, file);
      const numbers = linesOf(file).map((line) => targets.indexOf((JSON.parse(line) as AuditAct).target));
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => (numbers[0] ?? 0) + index),
      );
    }
    assert.equal((await audit.recent(100)).length, 50);
  });

  it("puts a full file aside, and forgets the oldest", async () => {
    const audit = newAudit({ bytesMax: 600, oldFiles: 2 });
    for (let index = 0; index < 20; index++) await audit.begin(act(`/actor-${index}`));
    const files = ["audit.jsonl", "audit.1.jsonl", "audit.2.jsonl", "audit.3.jsonl"];
    assert.deepEqual(
      files.map((file) => existsSync(join(folder, "data", file))),
      [true, true, true, false],
    );
    for (const file of files.slice(0, 3)) assert.ok(statSync(join(folder, "data", file)).size <= 600, file);
    const kept = (await audit.recent(100)).map(({ target }) => target);
    assert.equal(kept[0], "/actor-19");
    assert.deepEqual(
      kept,
      kept.map((_, index) => `/actor-${19 - index}`),
      "what is kept has no gaps",
    );
    assert.ok(kept.length > 2, "files put aside are read too");
  });

  it("is not spoilt by a line that a power cut has left half written", async () => {
    const audit = newAudit();
    await audit.begin(act("/a"));
    appendFileSync(path, '{"id":"x","atMs":17');
    await audit.begin(act("/b"));
    assert.deepEqual(
      (await audit.recent(10)).map(({ target }) => target),
      ["/b", "/a"],
    );
  });

  it("keeps only the beginning of large parameters", async () => {
    const audit = newAudit();
    await audit.begin(act("/a", { text: "x".repeat(100_000) }));
    assert.ok(statSync(path).size < 3_000);
  });

  it("says that an act cannot be kept, and keeps the next one that can", async () => {
    writeFileSync(join(folder, "data"), "a file where the folder should be");
    const audit = newAudit();
    await assert.rejects(audit.begin(act("/a")));
    rmSync(join(folder, "data"));
    await audit.begin(act("/b"));
    assert.deepEqual(
      (await audit.recent(10)).map(({ target }) => target),
      ["/b"],
    );
  });

  it("is empty before the first act", async () => {
    assert.deepEqual(await newAudit().recent(10), []);
  });
});
