import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { snapshotRoutes } from "../../../../actors/ops/snapshot-routes.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { opsCall } from "../../../support/ops-call.ts";

/** Notes what happens around a snapshot, which takes two seconds of virtual time. */
function snapshots(fails = false) {
  const events: string[] = [];
  const clock = new VirtualClock();
  const routes = snapshotRoutes({
    dataDir: "/data",
    clock,
    expectBlock: (reason) => {
      events.push(`expect ${reason}`);
      return () => void events.push("free");
    },
    take: (folder, name, kept) => {
      events.push(`take ${folder} ${name} ${kept}`);
      clock.advance(2_000);
      if (fails) throw new Error("the disk is full");
      return { path: `${folder}/${name}`, bytes: 7 };
    },
  });
  return { events, take: () => opsCall(routes, "POST", "/v1/node/heap-snapshot") };
}

describe("a heap snapshot", () => {
  it("says before it blocks the loop that it will, and after it that the loop is free", async () => {
    const { events, take } = snapshots();
    const { status, body } = await take();
    assert.deepEqual(events, [
      "expect heap snapshot",
      "take /data/snapshots 1970-01-01T00-00-00.000Z 3",
      "free",
    ]);
    assert.deepEqual(
      [status, body],
      [200, { path: "/data/snapshots/1970-01-01T00-00-00.000Z", bytes: 7, blockedMs: 2_000 }],
    );
  });

  it("leaves nobody excused when it fails", async () => {
    const { events, take } = snapshots(true);
    await assert.rejects(take, /the disk is full/);
    assert.equal(events.at(-1), "free");
  });
});
