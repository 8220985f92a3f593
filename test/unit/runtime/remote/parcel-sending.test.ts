import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Verdict } from "../../../../runtime/actor/actor-ref.ts";
import type { Parcel } from "../../../../runtime/codec/parcel.ts";
import { isFault } from "../../../../runtime/fault.ts";
import { ParcelSending } from "../../../../runtime/remote/parcel-sending.ts";
import { PARCEL_BYTES_MAX } from "../../../../runtime/transport/outbox.ts";
import type { Transport } from "../../../../runtime/transport/transport.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

function sendingTo(verdict: () => Verdict) {
  const { system, clock } = new VirtualSystem();
  const sizes: number[] = [];
  const transport: Pick<Transport, "send"> = {
    send(_to, { length }) {
      assert.ok(length <= PARCEL_BYTES_MAX, "no transport takes it");
      const said = verdict();
      if (said === "accepted") sizes.push(length);
      return said;
    },
  };
  const dropped: string[] = [];
  const sending = new ParcelSending(system, transport as Transport, (to, parcels) => {
    for (const { length } of parcels) dropped.push(`${to} ${length > 0}`);
  });
  return { sending, clock, sizes, dropped };
}

const fault = (why: string): Parcel => ({ kind: "fault", id: 1, code: "actorFailed", details: { why } });

describe("what one node owes to another", () => {
  it("is refused at once when it is too large, also while the way is busy, and holds up nothing behind it", () => {
    let verdict: Verdict = "busy";
    const { sending, clock, sizes } = sendingTo(() => verdict);
    sending.answer("elm", fault("first"));
    assert.throws(
      () => sending.answer("elm", fault("x".repeat(PARCEL_BYTES_MAX))),
      (error: unknown) => isFault(error, "parcelTooLarge"),
    );
    sending.answer("elm", fault("last"));
    verdict = "accepted";
    clock.advance(1_000);
    assert.equal(sizes.length, 2);
    assert.equal(sending.send("elm", fault("new")), "accepted");
  });

  for (const [when, end] of [
    ["is gone", ({ clock }) => clock.advance(1_000)],
    ["is known to have ended", ({ sending }) => sending.nodeEnded("elm")],
    ["has nobody left who owes it", ({ sending }) => sending.close()],
  ] satisfies [string, (world: ReturnType<typeof sendingTo>) => void][]) {
    it(`is given out, each once, when that node ${when}`, () => {
      let verdict: Verdict = "accepted";
      const world = sendingTo(() => verdict);
      const { sending, sizes, dropped, clock } = world;
      sending.sendSurely("elm", fault("sent"));
      verdict = "busy";
      sending.sendSurely("elm", fault("waits"));
      sending.sendSurely("elm", fault("waits, too"));
      clock.advance(1_000);
      verdict = "gone";
      end(world);
      sending.sendSurely("elm", fault("comes too late"));
      clock.advance(1_000);
      assert.deepEqual([sizes.length, dropped], [1, ["elm true", "elm true", "elm true"]]);
    });
  }
});
