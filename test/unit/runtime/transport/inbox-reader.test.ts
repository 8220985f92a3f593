import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { NOTHING_ARRIVED } from "../../../../runtime/transport/arrivals.ts";
import { writeFrame } from "../../../../runtime/transport/inbox-frame.ts";
import { InboxReader } from "../../../../runtime/transport/inbox-reader.ts";
import type { ReaderParts } from "../../../../runtime/transport/inbox-reader.ts";
import type { Inboxes } from "../../../../runtime/transport/inboxes.ts";
import { Quarantine } from "../../../../runtime/transport/quarantine.ts";
import { noCounts } from "../../../../runtime/transport/transport-counts.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { LogRecord } from "../../../support/log-record.ts";
import { TransportWorld } from "../../../support/transport-world.ts";
import { microtasks } from "../../../support/virtual-system.ts";

const MINUTE_MS = 60_000;

describe("an inbox", () => {
  it("reads anew what it had not trimmed when its store was out of reach, and handles it once", async () => {
    const world = new TransportWorld(1, { delayMs: 10 });
    const [a, b] = [await world.start("a/1"), await world.start("b/1")];
    for (let left = 50; left > 0; left--) {
      world.send(a, "b/1");
      await world.advance(2);
    }
    world.network.isReachable = false;
    await world.advance(5000);
    world.network.isReachable = true;
    world.send(a, "b/1");
    await world.advance(10_000);
    world.check();
    assert.equal(b.received.get("a/1")?.length, 51);
  });

  it("is made again when the store has forgotten it, and senders send again what was in it", async () => {
    const world = new TransportWorld(2);
    const [a, b] = [await world.start("a/1"), await world.start("b/1")];
    world.send(a, "b/1");
    await world.advance(1000);
    world.network.faults = { ...world.network.faults, addLost: 1 };
    world.send(a, "b/1");
    await world.advance(0);
    world.network.faults = { ...world.network.faults, addLost: 0 };
    world.network.forget();
    world.send(a, "b/1");
    await world.advance(10_000);
    world.check();
    assert.equal(b.received.get("a/1")?.length, 3);
    assert.deepEqual([...new Set(world.log.lines.map(({ event }) => event))], ["transport.inboxLost"]);
  });

  it("gives up what is not handled within a minute, so that it does not grow for ever", async () => {
    const world = new TransportWorld(3);
    const a = await world.start("a/1");
    const b = await world.network.join("b/1");
    b.listen({ receive: () => new Promise(() => {}), adopted: () => {}, returned: () => {} });
    world.send(a, "b/1");
    await world.advance(MINUTE_MS);
    assert.equal(a.transport.kept.get("b/1")?.parcels, 1);
    world.send(a, "b/1");
    await world.advance(10_000);
    assert.equal(a.transport.kept.get("b/1")?.parcels, 1, "only the later one is left");
    assert.deepEqual(
      world.log.lines.map(({ event }) => event),
      ["transport.unhandled"],
    );
  });

  it("is read again after a mistake, which is told; that the store is away passes without a word", async () => {
    const clock = new VirtualClock();
    const log = new LogRecord();
    const failures = [new Fault("redisUnanswered"), new TypeError("planted")];
    let reads = 0;
    const inboxes: Pick<Inboxes, "open" | "read"> = {
      open: () => Promise.resolve("open"),
      read: () => {
        reads++;
        const failure = failures.shift();
        return failure === undefined ? new Promise(() => {}) : Promise.reject(failure);
      },
    };
    const reader = readerOf(inboxes, { clock, log });
    reader.start();
    for (let left = 2; left > 0; left--) {
      await microtasks();
      clock.advance(1_000);
    }
    await microtasks();
    assert.equal(reads, 3);
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ["transport.readFailed"],
    );
    reader.stop();
  });

  it("gives what came together in one piece, and asks for more in a later turn", async () => {
    const steps: string[] = [];
    const pages = [["1-0", "2-0"], ["3-0"]];
    const inboxes: Pick<Inboxes, "read"> = {
      read: () => {
        steps.push("read");
        const page = pages.shift();
        if (page === undefined) return new Promise(() => {});
        return Promise.resolve(page.map((id) => ({ id, bytes: frameOf(id) })));
      },
    };
    const reader = readerOf(inboxes, {
      take: ({ from }) => {
        steps.push(from);
        queueMicrotask(() => steps.push(`answered ${from}`));
        return undefined;
      },
      onReadBegan: () => steps.push("began"),
      onReadEnded: () => steps.push("ended"),
    });
    reader.start();
    while (steps.filter((step) => step === "read").length < 3) await microtasks();
    assert.equal(
      steps.join(", "),
      "read, began, 1-0, 2-0, ended, answered 1-0, answered 2-0, read, began, 3-0, ended, answered 3-0, read",
    );
    reader.stop();
  });
});

function readerOf(inboxes: Partial<Inboxes>, parts: Partial<ReaderParts>): InboxReader {
  const [clock, log] = [parts.clock ?? new VirtualClock(), parts.log ?? new LogRecord()];
  return new InboxReader({
    inboxes: inboxes as Inboxes,
    clock,
    log,
    counts: noCounts(),
    quarantine: new Quarantine(clock, log),
    take: () => undefined,
    onReadBegan: () => {},
    onReadEnded: () => {},
    onHandled: () => {},
    onAdopted: () => {},
    ...parts,
  });
}

function frameOf(from: string): Buffer {
  return writeFrame({ from, standing: NOTHING_ARRIVED, asks: 1, first: 0, parcels: [] });
}
