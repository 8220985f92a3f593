import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Burials } from "../../../../deploy/host/burials.ts";
import type { WorkerProcess } from "../../../../deploy/host/worker/worker-process.ts";
import type { ToWorker } from "../../../../protocols/host.ts";

/** A worker as far as a burial looks at it. */
function worker(incarnation?: string) {
  const told: string[] = [];
  const send = (message: ToWorker): void =>
    void told.push(message.kind === "reaped" ? message.incarnation : message.kind);
  return { told, process: { incarnation, hasEnded: false, send } as unknown as WorkerProcess };
}

describe("the end of a worker that was a member", () => {
  it("is told to a worker that is left, once", () => {
    const burials = new Burials();
    const [gone, left] = [worker("oak-1/x"), worker("oak-2/y")];
    burials.add(gone.process);
    burials.tell([left.process]);
    burials.tell([left.process]);
    assert.deepEqual(left.told, ["oak-1/x"]);
  });

  it("waits for the next worker to join when nobody is left", () => {
    const burials = new Burials();
    burials.add(worker("oak/x").process);
    burials.tell([]);
    const starting = worker();
    burials.tell([starting.process]);
    assert.deepEqual(starting.told, []);
    const joined = worker("oak/y");
    burials.tell([starting.process, joined.process]);
    assert.deepEqual(joined.told, ["oak/x"]);
  });

  it("is nothing to tell of one that never joined, or where nobody did", () => {
    const burials = new Burials();
    burials.add(worker().process);
    const other = worker("oak/z");
    burials.tell([other.process]);
    assert.deepEqual(other.told, []);
  });

  it("does not heap up, the latest are kept", () => {
    const burials = new Burials();
    for (let life = 1; life <= 150; life++) burials.add(worker(`oak/${life}`).process);
    const next = worker("oak/next");
    burials.tell([next.process]);
    assert.equal(next.told.length, 100);
    assert.equal(next.told.at(-1), "oak/150");
  });
});
