import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { LedgerWriter } from "../support/ledger-writers.ts";
import { banyan, eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { DISK_FAILS } from "../support/failing-store.ts";
import { withStandIns } from "../support/with-roles.ts";

const ROLES = withStandIns({
  "deploy/roles.js": new URL("../support/ledger-roles.js", import.meta.url),
  "runtime/persistence/lmdb-store.js": new URL("../support/failing-store.js", import.meta.url),
});
const LEDGERS = 12;
/** What each writer has said and heard before something happens. */
const WARM = 20;
/** Half of the writers wait for the node at any time, and the others leave it the processor to start another worker. */
const REST_MS = 10;

let place: Workplace;
let node: NodeProcess;
let writers: LedgerWriter[];
beforeEach(async () => {
  place = workplace();
  node = await startNode(place.folder, ["--set", "host.restarts=100"], ROLES);
  writers = Array.from({ length: LEDGERS }, (_, index) => new LedgerWriter(`l-${index}`, web, REST_MS));
});
afterEach(async () => {
  for (const writer of writers) writer.abandon();
  await node.stop();
  place.remove();
});

const web = (): string => node.listeners["web"] ?? "";
const events = (name: string): readonly unknown[] => eventsIn(node.process.stdout, name);

/** Every writer has been acknowledged so much more. */
async function writtenOn(more = WARM): Promise<void> {
  const wanted = writers.map(({ acknowledged }) => acknowledged + more);
  await eventually(
    () => writers.every(({ acknowledged }, at) => acknowledged >= (wanted[at] ?? 0)),
    true,
    "writers",
    60_000,
  );
}

async function reload(): Promise<void> {
  const before = events("reload.done").length;
  node.process.child.kill("SIGUSR2");
  await eventually(() => events("reload.done").length > before, true, "reload", 60_000);
}

describe("a node whose disk takes nothing more", { timeout: 300_000 }, () => {
  it("ends its worker, and the next one goes on with what was acknowledged when the disk works again", async () => {
    await writtenOn();
    const pid = node.workerPid();
    const broken = join(place.folder, DISK_FAILS);
    writeFileSync(broken, "");
    await eventually(() => events("journal.broken").length > 0, true, "broken", 60_000);
    await eventually(() => events("worker.died").length > 0, true, "died", 60_000);
    rmSync(broken);
    await eventually(() => node.workerPid() !== pid, true, "another worker", 60_000);
    await writtenOn();
    for (const writer of writers) await writer.end();
    for (const writer of writers) await writer.check();
    assert.ok(!existsSync(join(node.dataDir, "journal", "flush-failed")), "written once more");
  });
});

describe("a node that stores", { timeout: 300_000 }, () => {
  it("loses nothing that was acknowledged, and stores nothing twice, while it is reloaded again and again", async () => {
    await writtenOn();
    for (let round = 0; round < 3; round++) {
      await reload();
      await writtenOn();
    }
    for (const writer of writers) await writer.end();
    for (const writer of writers) await writer.check();
    const kinds = new Set(writers.flatMap(({ refused }) => [...refused.keys()]));
    kinds.delete(503);
    assert.deepEqual([...kinds], [], "what was refused may be tried again, and no connection broke");
  });

  it("has what was acknowledged when its worker was killed under load", async () => {
    for (let round = 0; round < 2; round++) {
      await writtenOn();
      const pid = node.workerPid();
      process.kill(pid, "SIGKILL");
      await eventually(() => node.workerPid() !== pid, true, "another worker", 60_000);
    }
    await writtenOn();
    for (const writer of writers) await writer.end();
    for (const writer of writers) await writer.check();
  });

  it("keeps an entity suspended through a reload", async () => {
    await writtenOn();
    for (const writer of writers) await writer.end();
    const { code, stderr } = await banyan(place.folder, ["act", "suspend", "/entities/ledger/l-3"]);
    assert.equal(code, 0, stderr);
    await reload();
    const { body } = await node.get("/v1/tree?path=/entities/ledger/l-3");
    assert.equal((body as { readonly state?: string }).state, "suspended", JSON.stringify(body));
    assert.equal((await banyan(place.folder, ["act", "resume", "/entities/ledger/l-3"])).code, 0);
    for (const writer of writers) await writer.check();
  });
});
