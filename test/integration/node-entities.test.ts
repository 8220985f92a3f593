import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import type { Reference } from "../../protocols/reference.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { Feature } from "../../runtime/feature.ts";
import { openLmdbJournal } from "../../runtime/persistence/lmdb-journal.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { Account, AccountProtocol } from "../support/account.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalNode } from "../support/local-node.ts";
import type { LocalNode } from "../support/local-node.ts";

const path = mkdtempSync(join(tmpdir(), "entities-"));
after(() => rmSync(path, { recursive: true }));

/** Offers accounts as durable as the disk is. */
const bank: Feature = {
  name: "bank",
  start({ entities }) {
    entities.offer({ ...Account, durability: "fsync", passivateAfterMs: 60_000 });
    return {};
  },
};

it("a node runs the entities that its features offer, and the next one finds what they stored", async () => {
  const first = await start("first");
  const { system } = first.node;
  await system.ask(ana(first), { kind: "open", owner: "Ana" });
  const deposits = Array.from({ length: 100 }, () => system.ask(ana(first), { kind: "deposit", amount: 2 }));
  assert.deepEqual(
    await Promise.all(deposits),
    Array.from({ length: 100 }, (_, index) => ({ kind: "balance", balance: 2 * (index + 1) })),
  );
  const { details } = system.describe({ path: "/entities/account/ana" }) ?? {};
  assert.deepEqual(details, { balance: 200, version: 101, uncommitted: 0 });
  const numbers = await first.node.metrics.text();
  assert.match(numbers, /^banyan_entities_active\{type="account"\} 1$/m);
  assert.match(numbers, /^banyan_entity_commits_total\{type="account",outcome="stored"\} 101$/m);
  // What is on its way when the node stops is stored and answered first.
  const last = system.ask(ana(first), { kind: "withdraw", amount: 50 });
  await eventually(() => system.describe({ path: "/entities/account/ana" })?.details?.["version"], 102);
  await first.stop();
  assert.deepEqual(await last, { kind: "balance", balance: 150 });
  const second = await start("second");
  assert.deepEqual(await second.node.system.ask(ana(second), { kind: "balance" }), {
    kind: "balance",
    balance: 150,
  });
  await second.stop();
});

async function start(incarnation: string): Promise<LocalNode> {
  const journal = await openLmdbJournal({ path, clock: new SystemClock(), incarnation });
  const withoutGateway = (settings: NodeSettings): NodeSettings => ({ ...settings, listeners: [] });
  return startLocalNode([bank], withoutGateway, () => ({ journal, owner: journal.writer }));
}

function ana({ node }: LocalNode): Reference<AccountProtocol> {
  const accounts = node.entities.find(AccountProtocol);
  assert.ok(accounts);
  return accounts.entity("ana");
}
