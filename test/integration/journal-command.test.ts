import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { DATA_FILE } from "../../runtime/persistence/data-file.ts";
import { eventually } from "../support/eventually.ts";
import { LedgerWriter } from "../support/ledger-writers.ts";
import { banyan, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { withRoles } from "../support/with-roles.ts";

const ROLES = withRoles(new URL("../support/ledger-roles.js", import.meta.url));
/** Commands run beside the writer, which is not to take the processor from them. */
const REST_MS = 20;

let place: Workplace;
beforeEach(() => {
  place = workplace();
});
afterEach(() => place.remove());

const journal = (...words: readonly string[]) => banyan(place.folder, ["journal", ...words]);

describe("banyan journal", { timeout: 300_000 }, () => {
  it("names what it does not understand", async () => {
    const [command, flag, id, limit, redis] = await Promise.all([
      journal("inspekt"),
      journal("inspect", "--kind", "x"),
      journal("inspect", "--id", "x"),
      journal("inspect", "--limit", "some"),
      journal("import", "x", "--redis"),
    ]);
    assert.deepEqual(
      [command, flag, id, limit, redis].map(({ code }) => code),
      [2, 2, 2, 2, 2],
    );
    assert.match(flag.stderr, /unknown option '--kind'/);
    assert.match(id.stderr, /--id needs --type/);
    assert.match(limit.stderr, /--limit some: a whole number/);
    assert.match(redis.stderr, /--redis needs a URL/);
    assert.match((await journal("verify")).stderr, /the journal .*\/journal: there is no journal/);
  });
});

describe("a node that stores", { timeout: 300_000 }, () => {
  let node: NodeProcess;
  let writer: LedgerWriter;
  beforeEach(async () => {
    node = await startNode(place.folder, ["--workers", "0", "--set", "logs.sources=[]"], ROLES);
    writer = new LedgerWriter("l-1", () => node.listeners["web"] ?? "", REST_MS);
  });
  afterEach(async () => {
    writer.abandon();
    await node.stop();
  });

  it("looks, verifies and exports beside a node that writes, and moves the whole to another directory", async () => {
    await eventually(() => writer.acknowledged >= 30, true, "writer", 60_000);
    assert.match((await journal("inspect")).stdout, /ledger +1/);
    const listed = await journal("inspect", "--type", "ledger", "--json");
    const { entities } = JSON.parse(listed.stdout) as { entities: { entity: string; version: number }[] };
    assert.equal(entities[0]?.entity, "entity:ledger/l-1");
    assert.ok((entities[0]?.version ?? 0) >= 30);
    const shown = await journal("inspect", "--type", "ledger", "--id", "l-1", "--events", "--from", "25");
    assert.match(shown.stdout, /entity:ledger\/l-1: version \d+, snapshot of version \d+/);
    assert.match(shown.stdout, /"kind":"noted","number":\d+/);
    const verified = await journal("verify");
    assert.equal(verified.code, 0, verified.stdout);
    assert.match(verified.stdout, /is whole: 1 entities/);
    const refused = await journal("import", "no-such-file");
    assert.match(refused.stderr, /no-such-file cannot be read/);
    const exported = await journal("export", "all.archive");
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal(statSync(join(place.folder, "all.archive")).mode & 0o777, 0o600);
    assert.match((await journal("export", "all.archive")).stderr, /is there already/);
    const mistyped = await journal("export", "none.archive", "--type", "leger");
    assert.equal(mistyped.code, 1);
    assert.match(mistyped.stderr, /no entity of type leger is stored/);
    const beside = await journal("import", "all.archive");
    assert.equal(beside.code, 69);
    assert.match(beside.stderr, /is in use by process/);
    const moved = await journal("import", "all.archive", "--data-dir", "other");
    assert.match(moved.stdout, /1 entities imported/, moved.stderr);
    assert.match(
      (await journal("import", "all.archive", "--data-dir", "other")).stdout,
      /1 were there already/,
    );
    await writer.end();
    await writer.check();
  });

  it("refuses a file that was cut off before anything is written", async () => {
    await writer.end();
    await journal("export", "all.archive");
    const text = readFileSync(join(place.folder, "all.archive"), "utf8").trimEnd().split("\n");
    writeFileSync(join(place.folder, "cut.archive"), `${text.slice(0, -1).join("\n")}\n`);
    const cut = await journal("import", "cut.archive", "--data-dir", "other");
    assert.equal(cut.code, 1);
    assert.match(cut.stderr, /cut\.archive is no whole archive of a journal: it was cut off/);
    assert.match((await journal("inspect", "--data-dir", "other")).stderr, /there is no journal/);
  });

  /** Tries to start the node again, with a host and without. */
  async function refusals(): Promise<string[]> {
    await writer.end();
    await node.stop();
    writeFileSync(join(node.dataDir, "journal", DATA_FILE), "this is somebody's diary".repeat(1_000));
    const free = ["--set", "listeners=[{name: web, kind: http, port: 0}]", "--ops-port", "0"];
    const ended = [
      await banyan(place.folder, ["start", ...free, "--workers", "0"]),
      await banyan(place.folder, ["start", ...free]),
    ];
    assert.deepEqual(
      ended.map(({ code }) => code),
      [78, 78],
    );
    return ended.map(({ stderr }) => stderr);
  }

  it("is refused at its start when its journal is of no use, with its path and what to do", async () => {
    for (const stderr of await refusals()) {
      assert.match(
        stderr,
        /the journal .*\.banyan\/journal cannot be opened: data\.mdb is no file of LMDB; give the node/,
      );
      assert.doesNotMatch(stderr, /\n\s+at /, "a refusal shows no stack");
    }
  });
});
