import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Gate } from "../../../support/script.ts";
import { gate, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** Lets one more actor be given up in a turn that ends when the gate is opened. */
async function zombie(virtual: VirtualSystem, name: string): Promise<Gate> {
  const held = gate();
  const actor = virtual.spawn(name, { type: "hung", restart: "temporary", progressWithinMs: 100 });
  virtual.tell(
    actor,
    work(() => held.opened),
  );
  await virtual.advance(200);
  return held;
}

describe("the ledger of zombies", () => {
  it("counts them until their turns end after all", async () => {
    const virtual = new VirtualSystem();
    const gates = [await zombie(virtual, "a"), await zombie(virtual, "b")];
    assert.equal(virtual.system.zombies.count, 2);
    for (const { open } of gates) open();
    await virtual.settle();
    assert.equal(virtual.system.zombies.count, 0);
  });

  it("estimates what they keep: a large message is seen", async () => {
    const small = new VirtualSystem();
    await zombie(small, "a");
    const large = new VirtualSystem();
    const actor = large.spawn("a", { type: "hung", restart: "temporary", progressWithinMs: 100 });
    const run = (): Promise<void> => new Promise(() => {});
    large.tell(actor, { ...work(run), ballast: "x".repeat(100_000) } as ReturnType<typeof work>);
    await large.advance(200);
    const bytes = [small, large].map(({ system }) => system.zombies.byType()[0]?.retainedBytes ?? 0);
    assert.ok((bytes[1] ?? 0) - (bytes[0] ?? 0) >= 100_000, String(bytes));
  });
});
