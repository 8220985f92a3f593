import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lookRoutes } from "../../../../actors/ops/look-routes.ts";
import type { TreeNode } from "../../../../runtime/kernel/tree-node.ts";
import { opsCall, refusalOf, wordsOf } from "../../../support/ops-call.ts";
import { crash, gate, note, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const HEALTH = { node: "elm", status: () => "ready" as const, troubles: () => [], uptimeMs: () => 12.4 };

const look = (virtual: VirtualSystem, target: string) =>
  opsCall(lookRoutes(virtual.system, HEALTH), "GET", target);

const topOf = async (virtual: VirtualSystem, query = ""): Promise<string[]> =>
  ((await look(virtual, `/v1/top${query}`)).body as { top: TreeNode[] }).top.map(({ path }) => path);

/** Actors that are busy for good, with mail that waits: `slow` for longer than `late`. */
async function busySystem(): Promise<VirtualSystem> {
  const virtual = new VirtualSystem();
  for (const name of ["idle", "slow", "late"]) virtual.spawn(name, { progressWithinMs: 60_000 });
  virtual.tell(
    virtual.at("/slow"),
    work(() => gate().opened),
  );
  await virtual.advance(5_000);
  virtual.tell(
    virtual.at("/late"),
    work(() => gate().opened),
  );
  await virtual.settle();
  virtual.tell(virtual.at("/slow"), note("first"));
  await virtual.advance(1_000);
  for (const text of ["second", "third"]) virtual.tell(virtual.at("/late"), note(text));
  await virtual.advance(1_000);
  return virtual;
}

describe("the top of the actors", () => {
  it("begins with the one whose mail has waited longest", async () => {
    assert.deepEqual(await topOf(await busySystem()), ["/slow", "/late"]);
  });

  it("is chosen by what waits, by busy time or by restarts as well", async () => {
    const virtual = await busySystem();
    assert.deepEqual(await topOf(virtual, "?sort=mailbox"), ["/late", "/slow"]);
    assert.deepEqual(await topOf(virtual, "?sort=busy"), ["/slow", "/late"]);
    assert.deepEqual(await topOf(virtual, "?sort=restarts"), []);
    virtual.tell(virtual.at("/idle"), crash);
    await virtual.advance(1_000);
    assert.deepEqual(await topOf(virtual, "?sort=restarts"), ["/idle"]);
  });

  it("is as long as is wanted", async () => {
    assert.deepEqual(await topOf(await busySystem(), "?limit=1"), ["/slow"]);
  });

  it("stands under the numbers of the node", async () => {
    const { body } = await look(await busySystem(), "/v1/top");
    const { top: _top, ...head } = body as { top: unknown };
    assert.deepEqual(head, {
      node: "elm",
      status: "ready",
      uptimeMs: 12,
      actors: 4,
      zombies: 0,
      quarantined: 0,
      stalls: 0,
      sort: "mailboxAge",
    });
  });

  it("is refused by an order that is not known, which it names", async () => {
    const refused = await look(await busySystem(), "/v1/top?sort=size");
    assert.deepEqual(refusalOf(refused), [400, "invalidField", "sort"]);
    assert.match(wordsOf(refused), /known: mailboxAge, mailbox, busy, restarts/);
  });
});

describe("the beats", () => {
  it("begin with who has the least time left, and leave out who owes nothing", async () => {
    const virtual = await busySystem();
    virtual.spawn("puller", { heartbeat: { everyMs: 5_000 } });
    await virtual.advance(1_000);
    const { body } = await look(virtual, "/v1/beats");
    const { total, beats } = body as { total: number; beats: TreeNode[] };
    assert.equal(total, 3);
    assert.deepEqual(
      beats.map(({ path, pulse }) => [path, pulse.heartbeat?.leftMs ?? pulse.openTurn?.leftMs]),
      [
        ["/puller", 9_000],
        ["/slow", 52_000],
        ["/late", 57_000],
      ],
    );
  });

  it("count those that they do not show", async () => {
    const { body } = await look(await busySystem(), "/v1/beats?limit=1");
    const { total, beats } = body as { total: number; beats: TreeNode[] };
    assert.deepEqual([total, beats.length], [2, 1]);
  });
});
