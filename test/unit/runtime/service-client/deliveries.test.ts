import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TaggedMessage } from "../../../../protocols/protocol.ts";
import type { Verdict } from "../../../../runtime/actor/actor-ref.ts";
import type { Receipt } from "../../../../runtime/codec/record-codec.ts";
import { isFault } from "../../../../runtime/fault.ts";
import { Deliveries } from "../../../../runtime/service-client/deliveries.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { microtasks } from "../../../support/virtual-system.ts";

const message = (n: number) => ({ kind: "note", n }) as const;

/** An entity behind a way that may lose, delay and refuse: it takes each delivery of a sender in order, and once. */
class Receiver {
  readonly taken: number[] = [];
  readonly senders = new Set<string>();
  sent = 0;
  verdict: Verdict = "accepted";
  isDeaf = false;
  readonly #latest = new Map<string, number>();

  readonly send = ({ n }: TaggedMessage, { sender, seq }: Receipt, acknowledge: () => void): Verdict => {
    if (this.verdict !== "accepted") return this.verdict;
    this.sent++;
    this.senders.add(sender);
    if (this.isDeaf) return "accepted";
    const latest = this.#latest.get(sender) ?? 0;
    if (seq === latest + 1) {
      this.#latest.set(sender, seq);
      this.taken.push(n as number);
    }
    if (seq <= latest + 1) queueMicrotask(acknowledge);
    return "accepted";
  };
}

function world(max = 1_000) {
  const clock = new VirtualClock(0);
  const deliveries = new Deliveries({ sender: "s", clock, random: () => 0, max });
  const receiver = new Receiver();
  const ends: string[] = [];
  const deliver = (n: number, to = "entity:x/1"): void => {
    deliveries.add(to, message(n), receiver.send).then(
      () => ends.push(`taken ${n}`),
      (error: unknown) => ends.push(`${(error as { readonly code: string }).code} ${n}`),
    );
  };
  const advance = async (ms: number): Promise<void> => {
    await microtasks();
    while (clock.step(ms)) await microtasks();
    await microtasks();
  };
  return { clock, deliveries, receiver, ends, deliver, advance };
}

describe("the deliveries of a service", () => {
  it("are sent in order, and resolve when they are taken", async () => {
    const { receiver, ends, deliver, deliveries } = world();
    for (let n = 1; n <= 100; n++) deliver(n);
    await microtasks();
    const all = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.deepEqual(receiver.taken, all);
    assert.deepEqual(
      ends,
      all.map((n) => `taken ${n}`),
    );
    assert.deepEqual([receiver.sent, deliveries.size], [100, 0]);
  });

  it("are sent again, all in order, when nothing comes back, and have one effect", async () => {
    const { receiver, ends, deliver, clock } = world();
    receiver.isDeaf = true;
    for (let n = 1; n <= 3; n++) deliver(n);
    await microtasks();
    assert.deepEqual([receiver.sent, ends], [3, []]);
    receiver.isDeaf = false;
    clock.advance(2_000);
    await microtasks();
    assert.deepEqual(
      [receiver.taken, ends],
      [
        [1, 2, 3],
        ["taken 1", "taken 2", "taken 3"],
      ],
    );
  });

  it("are sent again in time also when others follow what was lost", async () => {
    const { receiver, deliver, clock } = world();
    receiver.isDeaf = true;
    deliver(1);
    await microtasks();
    receiver.isDeaf = false;
    for (let n = 2; n <= 5; n++) {
      deliver(n);
      clock.advance(400);
      await microtasks();
    }
    assert.deepEqual(receiver.taken, [1, 2, 3, 4, 5]);
  });

  it("wait while the way is busy, and are not sent twice for that", async () => {
    const { receiver, ends, deliver, clock } = world();
    receiver.verdict = "busy";
    for (let n = 1; n <= 3; n++) deliver(n);
    clock.advance(500);
    receiver.verdict = "accepted";
    clock.advance(100);
    await microtasks();
    assert.deepEqual([receiver.sent, ends.length], [3, 3]);
  });

  it("are refused when too many wait, and given up at the end: nobody knows whether those were taken", async () => {
    const { receiver, ends, deliver, deliveries } = world(2);
    receiver.isDeaf = true;
    for (let n = 1; n <= 3; n++) deliver(n);
    await microtasks();
    assert.deepEqual(ends, ["outboxFull 3"]);
    deliveries.close();
    await microtasks();
    assert.deepEqual(ends, ["outboxFull 3", "deliveryUnknown 1", "deliveryUnknown 2"]);
    await assert.rejects(deliveries.add("entity:x/1", message(4), receiver.send), (error) =>
      isFault(error, "deliveryUnknown"),
    );
  });

  it("to one entity are of one sender as long as it is remembered, so that entities have few to remember", async () => {
    const { receiver, deliver, deliveries } = world();
    for (let n = 1; n <= 50; n++) {
      deliver(n);
      await microtasks();
    }
    assert.deepEqual([receiver.senders.size, receiver.taken.length], [1, 50]);
    const settled = deliveries.settled();
    await settled;
    deliver(51, "entity:x/2");
    await microtasks();
    assert.equal(receiver.senders.size, 2);
  });
});
