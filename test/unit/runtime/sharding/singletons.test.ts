import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import type { Reference } from "../../../../protocols/reference.ts";
import { defineActor } from "../../../../runtime/actor/define-actor.ts";
import { Singletons } from "../../../../runtime/sharding/singletons.ts";
import { EntityWorld } from "../../../support/entity-world.ts";
import { RegionWorld } from "../../../support/region-world.ts";
import type { RegionNode } from "../../../support/region-world.ts";

const ClerkProtocol = defineProtocol({
  name: "clerk",
  version: 1,
  tell: { note: { number: Type.Integer() }, crash: {} },
  ask: {
    read: { request: {}, reply: { notes: { at: Type.String(), numbers: Type.Array(Type.Integer()) } } },
  },
});
type ClerkRef = Reference<typeof ClerkProtocol>;

/** Notes numbers, and tells `journal` when it begins, acts and ends, and where. */
const clerk = (journal: string[]) =>
  defineActor({
    protocol: ClerkProtocol,
    initialState(at: string): { at: string; numbers: number[] } {
      journal.push(`${at} begins`);
      return { at, numbers: [] };
    },
    handlers: {
      note({ at, numbers }, { number }) {
        journal.push(`${at} notes ${number}`);
        numbers.push(number);
      },
      crash() {
        throw new Error("the clerk crashes");
      },
      read: ({ at, numbers }, _message, context) =>
        context.reply({ kind: "notes", at, numbers: [...numbers] }),
    },
    afterStop: ({ at }, _context, reason) => void journal.push(`${at} ends: ${reason}`),
  });

interface Office {
  readonly world: RegionWorld;
  readonly journal: string[];
  readonly clerks: Map<RegionNode, ClerkRef>;
  readonly nodes: readonly RegionNode[];
}

async function office(...names: string[]): Promise<Office> {
  const world = new RegionWorld();
  const nodes = await world.start(...names);
  const journal: string[] = [];
  const clerks = new Map(
    nodes.map((node) => [
      node,
      new Singletons(node.system, node.entities).offer(clerk(journal), {}, node.name),
    ]),
  );
  await world.advance(3_000);
  return { world, journal, clerks, nodes };
}

/** Where the clerk is, as a node hears it from him. */
async function whereIs({ world, clerks }: Office, seenFrom: RegionNode): Promise<string> {
  const asked = seenFrom.system.ask(clerks.get(seenFrom)!, { kind: "read" }, { deadlineMs: 20_000 });
  return (await world.during(asked)).at;
}

const nodeOf = ({ nodes }: Office, name: string): RegionNode => nodes.find((node) => node.name === name)!;

describe("a singleton", () => {
  it("is one in the cluster, there before anybody speaks to it, and reached from every node", async () => {
    const one = await office("a", "b", "c");
    assert.deepEqual(one.journal.length, 1);
    const at = one.journal[0]?.split(" ")[0];
    for (const node of one.nodes) assert.equal(await whereIs(one, node), at);
    await one.world.advance(300_000);
    assert.deepEqual(one.journal, [`${at} begins`], "it stays, whether anybody needs it or not");
  });

  it("begins anew at another node when its own is killed, without a word of anybody", async () => {
    const one = await office("a", "b", "c");
    const first = nodeOf(one, await whereIs(one, one.nodes[0]!));
    first.kill();
    await one.world.advance(15_000);
    assert.equal(one.journal.length, 2);
    const survivor = one.nodes.find((node) => node !== first)!;
    assert.notEqual(await whereIs(one, survivor), first.name);
  });

  it("is handed over by a node that leaves: it has ended there before it begins elsewhere, and its mail follows", async () => {
    const one = await office("a", "b");
    const first = nodeOf(one, await whereIs(one, one.nodes[0]!));
    const other = one.nodes.find((node) => node !== first)!;
    const leaving = one.world.during(first.leave());
    for (let number = 1; number <= 50; number++) {
      assert.equal(other.system.tell(one.clerks.get(other)!, { kind: "note", number }), "accepted");
      await one.world.advance(2);
    }
    await leaving;
    await one.world.advance(1_000);
    const acts = one.journal.filter((line) => !line.includes("notes"));
    assert.deepEqual(acts, [`${first.name} begins`, `${first.name} ends: stopping`, `${other.name} begins`]);
    const noted = one.journal
      .filter((line) => line.includes("notes"))
      .map((line) => Number(line.split(" ")[2]));
    assert.deepEqual(
      noted,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    const end = one.journal.indexOf(`${first.name} ends: stopping`);
    assert.ok(
      one.journal.slice(end).every((line) => line === one.journal[end] || line.startsWith(other.name)),
    );
  });

  it("refuses what is delivered to it in words, from whichever node: nothing of it is stored", async () => {
    const one = await office("a", "b");
    for (const node of one.nodes) {
      const ends: (string | undefined)[] = [];
      const receipt = { sender: node.name, seq: 1 };
      const note = { kind: "note", number: 1 } as never;
      node.entities.type("clerk")?.deliver("only", note, receipt, (refused) => ends.push(refused?.code));
      await one.world.advance(1_000);
      assert.deepEqual(ends, ["durabilityMissing"], node.name);
    }
    assert.equal(one.journal.length, 1, "it has begun, and noted nothing");
  });

  it("does nothing more at a node that was paused for longer than its lease, while another has it", async () => {
    const one = await office("a", "b");
    const first = nodeOf(one, await whereIs(one, one.nodes[0]!));
    const other = one.nodes.find((node) => node !== first)!;
    // On their way when the pause begins.
    const clerkAtFirst = one.clerks.get(first)!;
    for (let number = 1; number <= 3; number++) first.system.tell(clerkAtFirst, { kind: "note", number });
    first.pause();
    await one.world.advance(20_000);
    assert.equal(await whereIs(one, other), other.name);
    const before = one.journal.length;
    await first.resume();
    await one.world.advance(1_000);
    const since = one.journal.slice(before).filter((line) => line.startsWith(`${first.name} notes`));
    assert.deepEqual(since, []);
  });

  it("is supervised: a crash is a restart, and one that has used up its budget is brought back later, not at once", async () => {
    const one = await office("a");
    const [a] = one.nodes;
    const crash = async (): Promise<void> => {
      a!.system.tell(one.clerks.get(a!)!, { kind: "crash" });
      await one.world.advance(100);
    };
    await crash();
    await one.world.advance(2_000);
    assert.deepEqual(one.journal, ["a begins", "a ends: restarting", "a begins"]);
    for (let count = 0; count < 10; count++) await crash();
    await one.world.advance(60_000);
    assert.equal(await whereIs(one, a!), "a");
  });

  it("of a node that stands alone is there as well", async () => {
    const world = new EntityWorld();
    const journal: string[] = [];
    const singletons = new Singletons(world.virtual.system, world.host);
    const reference = singletons.offer(clerk(journal), {}, "alone");
    await world.virtual.advance(1_500);
    assert.deepEqual(journal, ["alone begins"]);
    assert.deepEqual(singletons.list(), [
      { type: "clerk", entity: { type: "clerk", id: "only" }, isHere: true },
    ]);
    const asked = world.virtual.ask(reference, { kind: "read" });
    await world.virtual.settle();
    assert.deepEqual(await asked, { kind: "notes", at: "alone", numbers: [] });
    assert.throws(() => singletons.offer(clerk(journal), {}, "again"), /offered twice/);
  });
});
