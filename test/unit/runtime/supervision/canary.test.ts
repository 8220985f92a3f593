import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Canary } from "../../../../runtime/supervision/canary.ts";
import { ActiveClock } from "../../../../runtime/time/active-clock.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

const EVERY_MS = 1_000;
const SILENT_AFTER_MS = 5_000;

/** A canary over a path that brings each one back after `delayMs`, as long as it is not deaf. */
function flock() {
  const clock = new VirtualClock();
  const path = { delayMs: 10, isDeaf: false };
  const sent: number[] = [];
  const silences: number[] = [];
  const canary: Canary = new Canary({
    clock: new ActiveClock(clock),
    everyMs: EVERY_MS,
    silentAfterMs: SILENT_AFTER_MS,
    send: (n) => {
      sent.push(n);
      clock.after(path.delayMs, () => {
        if (!path.isDeaf) canary.returned(n);
      });
    },
    onSilent: (silentMs) => void silences.push(silentMs),
  });
  return { clock, path, sent, silences, canary };
}

describe("a canary", () => {
  it("goes out in every period, and none is missed while they come back", () => {
    const { clock, sent, silences, canary } = flock();
    canary.start();
    clock.advance(100_000);
    assert.equal(sent.length, 101);
    assert.deepEqual(silences, []);
    assert.equal(canary.roundTripMs, 10);
  });

  it("that does not come back in its time is told once, and nothing is sent after that", () => {
    const { clock, path, sent, silences, canary } = flock();
    canary.start();
    clock.advance(10_500);
    path.isDeaf = true;
    clock.advance(60_000);
    assert.equal(silences.length, 1);
    assert.ok((silences[0] ?? 0) >= SILENT_AFTER_MS && (silences[0] ?? 0) <= SILENT_AFTER_MS + EVERY_MS);
    assert.ok(sent.length < 20, `${sent.length} were sent`);
  });

  it("that is slow but comes back is no silence", () => {
    const { clock, path, silences, canary } = flock();
    path.delayMs = SILENT_AFTER_MS - 1;
    canary.start();
    clock.advance(100_000);
    assert.deepEqual(silences, []);
  });

  it("blames nobody for a time in which the watcher itself was paused", () => {
    const { clock, silences, canary } = flock();
    canary.start();
    clock.advance(5_500);
    clock.pause(300_000);
    clock.advance(20_000);
    assert.deepEqual(silences, []);
  });

  it("is waited for longer while the other side has said that it will be silent", () => {
    const { clock, path, silences, canary } = flock();
    canary.start();
    clock.advance(1_500);
    canary.excuse(30_000);
    path.isDeaf = true;
    clock.advance(30_000);
    assert.deepEqual(silences, []);
    clock.advance(10_000);
    assert.equal(silences.length, 1);
  });

  it("that came back ends the excuse", () => {
    const { clock, path, silences, canary } = flock();
    canary.start();
    canary.excuse(60_000);
    clock.advance(3_500);
    path.isDeaf = true;
    clock.advance(10_000);
    assert.equal(silences.length, 1);
  });

  it("begins anew with the path, and what comes back of the old one proves nothing", () => {
    const { clock, path, silences, canary } = flock();
    canary.start();
    clock.advance(1_500);
    path.isDeaf = true;
    clock.advance(20_000);
    canary.start();
    clock.advance(2_000);
    for (let old = 0; old < 8; old++) canary.returned(old);
    clock.advance(4_000);
    assert.equal(silences.length, 2, "the new path is deaf too");
    canary.start();
    path.isDeaf = false;
    clock.advance(20_000);
    assert.equal(silences.length, 2);
  });

  it("is not sent any more after a stop", () => {
    const { clock, sent, canary } = flock();
    canary.start();
    clock.advance(2_500);
    canary.stop();
    clock.advance(50_000);
    assert.equal(sent.length, 3);
    assert.equal(clock.step(1_000_000), false, "nothing is scheduled any more");
  });

  it("is found missing if and only if none comes back for the limit, whatever the delays", () => {
    const delays = fc.array(fc.integer({ min: 1, max: SILENT_AFTER_MS - EVERY_MS - 1 }), { minLength: 1 });
    fc.assert(
      fc.property(delays, (steps) => {
        const { clock, path, silences, canary } = flock();
        canary.start();
        for (const delayMs of steps) {
          path.delayMs = delayMs;
          clock.advance(EVERY_MS);
        }
        assert.deepEqual(silences, []);
        path.isDeaf = true;
        clock.advance(SILENT_AFTER_MS + 3 * EVERY_MS);
        assert.equal(silences.length, 1);
      }),
    );
  });
});
