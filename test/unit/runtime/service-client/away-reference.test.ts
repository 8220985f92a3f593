import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import { isFault } from "../../../../runtime/fault.ts";
import { AwayKind } from "../../../../runtime/service-client/away-kind.ts";
import { AwayReference } from "../../../../runtime/service-client/away-reference.ts";
import { Deliveries } from "../../../../runtime/service-client/deliveries.ts";
import { awayEntity } from "../../../../runtime/service-client/service-kind.ts";
import { EntityWorld } from "../../../support/entity-world.ts";

const Till = defineProtocol({
  name: "till",
  version: 1,
  ask: { read: { request: {}, reply: { amount: {} } } },
});

function till() {
  const { host, virtual } = new EntityWorld();
  const { system, clock } = virtual;
  const kind = new AwayKind(host.offer(awayEntity({ protocol: Till })), Till);
  const deliveries = new Deliveries({ sender: "s", clock, random: () => 0, max: 10 });
  return new AwayReference(kind, "1", {
    system,
    entities: host,
    deliveries,
    name: "shop",
    isConnected: () => true,
  });
}

describe("what a service asks under a key", () => {
  for (const key of ["", "k".repeat(129), "two words", "naïve"]) {
    it(`is refused before it is sent when no entity would keep the key (${key.slice(0, 10)})`, async () => {
      await assert.rejects(till().ask({ kind: "read" }, { key }), (error) =>
        isFault(error, "messageInvalid"),
      );
    });
  }
});
