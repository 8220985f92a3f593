import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { NOTHING_ARRIVED } from "../../../../runtime/transport/arrivals.ts";
import { OUTBOX_BYTES_MAX } from "../../../../runtime/transport/outbox.ts";
import type { Batch } from "../../../../runtime/transport/outbox.ts";
import { Sender } from "../../../../runtime/transport/sender.ts";
import { noCounts } from "../../../../runtime/transport/transport-counts.ts";
import { microtasks } from "../../../support/virtual-system.ts";

type Outcome = "added" | "missing";

/** A sender whose frames a test answers by hand: `1-3`, `ask 1`. */
function scripted() {
  const clock = new VirtualClock();
  const counts = noCounts();
  const held = { bytes: 0 };
  const posted: string[] = [];
  const open: { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }[] = [];
  const post = (asks: number, { first, parcels }: Batch): Promise<Outcome> => {
    posted.push(asks > 0 ? `ask ${asks}` : `${first}-${first + parcels.length - 1}`);
    return new Promise((resolve, reject) => open.push({ resolve, reject }));
  };
  const sender = new Sender({ clock, counts, held, post });
  return {
    sender,
    counts,
    held,
    offer: (count: number): void => {
      for (let left = count; left > 0; left--) assert.ok(sender.offer(Uint8Array.of(1)));
      sender.flush();
    },
    /** What was posted since the last time. */
    posted: () => posted.splice(0),
    end: async (outcome: Outcome | "unanswered"): Promise<void> => {
      for (const { resolve, reject } of open.splice(0)) {
        if (outcome === "unanswered") reject(new Error("no answer"));
        else resolve(outcome);
      }
      await microtasks();
    },
    wait: (ms: number): void => {
      clock.advance(ms);
      sender.look();
    },
    hear: (told: Partial<typeof NOTHING_ARRIVED>) => sender.hear({ ...NOTHING_ARRIVED, ...told }),
  };
}

describe("a sender", () => {
  it("has eight frames under way, and joins what waits meanwhile", async () => {
    const { offer, posted, end } = scripted();
    for (let frame = 1; frame <= 10; frame++) offer(2);
    assert.deepEqual(posted().length, 8);
    await end("added");
    assert.deepEqual(posted(), ["17-20"]);
  });

  it("asks after a frame without an answer, and sends again from where the receiver is", async () => {
    const { offer, posted, end, wait, hear, counts } = scripted();
    offer(3);
    await end("unanswered");
    offer(2);
    assert.deepEqual(posted(), ["1-3"], "nothing more is sent as long as it is in doubt");
    wait(250);
    assert.deepEqual(posted(), ["ask 1"]);
    hear({ received: 2, handled: 1, answers: 1 });
    assert.deepEqual(posted(), ["3-5"]);
    assert.equal(counts.resends, 1);
  });

  it("does the same when the inbox is lost, and repeats a question that could not be put", async () => {
    const { offer, posted, end, wait, hear } = scripted();
    offer(1);
    for (const expected of [["1-1"], ["ask 1"], ["ask 2"]]) {
      assert.deepEqual(posted(), expected);
      await end("missing");
      wait(250);
    }
    assert.deepEqual(posted(), ["ask 3"]);
    hear({ answers: 2 });
    assert.deepEqual(posted(), [], "an answer to an earlier question is none");
    hear({ answers: 3 });
    assert.deepEqual(posted(), ["1-1"]);
  });

  it("asks a receiver that says nothing more, less and less often, and sends again only what is lost", async () => {
    const { offer, posted, end, wait, hear } = scripted();
    offer(4);
    await end("added");
    assert.deepEqual(posted(), ["1-4"]);
    wait(1999);
    assert.deepEqual(posted(), []);
    for (const ms of [1, 500, 1000, 2000, 4000]) {
      wait(ms);
      assert.equal(posted().length, 1, `after ${ms} ms more`);
      await end("added");
    }
    hear({ received: 4, answers: 5 });
    assert.deepEqual(posted(), [], "it has all, and is only slow");
    hear({ received: 4, handled: 4 });
    wait(60_000);
    assert.deepEqual(posted(), [], "nothing waits");
  });

  it("sends again at once what a receiver misses", async () => {
    const { offer, posted, end, hear } = scripted();
    offer(2);
    offer(2);
    await end("added");
    posted();
    hear({ received: 2, hasGap: true });
    assert.deepEqual(posted(), ["3-4"]);
  });

  it("is in no doubt any more when all has been acknowledged", async () => {
    const { offer, posted, end, hear } = scripted();
    offer(1);
    await end("unanswered");
    hear({ received: 1, handled: 1 });
    offer(1);
    assert.deepEqual(posted(), ["1-1", "2-2"]);
  });

  it("keeps account of what all senders of a node keep together", () => {
    const { sender, held, hear } = scripted();
    held.bytes = 4 * OUTBOX_BYTES_MAX - 1;
    assert.equal(sender.offer(new Uint8Array(1)), true);
    assert.equal(sender.offer(new Uint8Array(1)), false);
    hear({ handled: 1 });
    assert.equal(held.bytes, 4 * OUTBOX_BYTES_MAX - 1);
    sender.offer(new Uint8Array(1));
    assert.equal(sender.end().length, 1);
    assert.equal(held.bytes, 4 * OUTBOX_BYTES_MAX - 1);
  });
});
