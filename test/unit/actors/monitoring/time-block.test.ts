import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { timeBlockId } from "../../../../actors/monitoring/time-block-id.ts";
import { blockOf } from "../../../../runtime/counting/cells.ts";
import { CountWorld } from "../../../support/count-world.ts";

const PARTITION = "gateway/one";
const MINUTE_MS = 60_000;

/** A block that stays open: its only partition has counted nothing, and its reader is not heard of again. */
async function openBlock(): Promise<{ readonly world: CountWorld; readonly isThere: () => boolean }> {
  const world = new CountWorld();
  await world.say(PARTITION, { state: "lagging" });
  const id = timeBlockId("requests", blockOf(world.virtual.clock.wallMs()));
  assert.equal((await world.look(id)).life, "open");
  const isThere = (): boolean => world.virtual.node("/entities/time-block").children?.length !== 0;
  return { world, isThere };
}

describe("a time block", () => {
  it("that is never final does not stay for ever: it asks all partitions as long as it is there", async () => {
    const { world, isThere } = await openBlock();
    assert.equal(isThere(), true);
    for (let minute = 0; minute < 17; minute++) {
      await world.say(PARTITION, { state: "lagging" });
      await world.virtual.advance(MINUTE_MS);
    }
    assert.equal(isThere(), false);
  });
});
