import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { local } from "../../../../protocols/reference.ts";
import { defineActor } from "../../../../runtime/actor/define-actor.ts";
import { findCell } from "../../../../runtime/kernel/tree-node.ts";
import { FLIGHT } from "../../../../runtime/supervision/watchdog/block.ts";
import type { Flight, InFlight } from "../../../../runtime/supervision/watchdog/block.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const PilotProtocol = defineProtocol({
  name: "pilot",
  version: 1,
  tell: {
    fly: { to: Type.String(), cargo: Type.Optional(Type.Unknown()) },
    call: { back: local<string>() },
  },
});

/** What the cell of an actor says of the turn in which it handles this message. */
async function flightDuring(
  message: { kind: "fly"; to: string; cargo?: unknown } | { kind: "call"; back: string },
) {
  const world = new VirtualSystem();
  let flight: Flight | undefined;
  const look = () => {
    const cell = findCell(world.system.root, "/pilot") as unknown as InFlight;
    flight = JSON.parse(cell[FLIGHT]()) as Flight;
  };
  const Pilot = defineActor({
    protocol: PilotProtocol,
    initialState: () => ({}),
    handlers: { fly: look, call: look },
  });
  world.tell(world.system.spawn(Pilot, "pilot"), message);
  await world.settle();
  return flight;
}

describe("the flight record of a cell", () => {
  it("says who handles what, with the whole message", async () => {
    assert.deepEqual(await flightDuring({ kind: "fly", to: "Rome" }), {
      path: "/pilot",
      type: "pilot",
      kind: "fly",
      message: '{"kind":"fly","to":"Rome"}',
    });
  });

  it("keeps only the kind of a message that may not leave its process, even if it could be written", async () => {
    const flight = await flightDuring({ kind: "call", back: "text" });
    assert.equal(flight?.kind, "call");
    assert.equal(flight?.message, undefined);
  });

  it("keeps only the kind of a message that JSON would change, or that is too long", async () => {
    for (const cargo of [new Map([["a", 1]]), 1n, Number.NaN, "x".repeat(70_000)]) {
      const flight = await flightDuring({ kind: "fly", to: "Rome", cargo });
      assert.equal(flight?.kind, "fly");
      assert.equal(flight?.message, undefined);
    }
  });

  it("is found under the name by which another thread asks for it", () => {
    assert.equal(Symbol.for(FLIGHT.description ?? ""), FLIGHT);
  });
});
