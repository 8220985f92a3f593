import assert from "node:assert/strict";
import { test } from "node:test";
import { SilenceWatch } from "../../../../runtime/client/silence-watch.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

/** A clock whose process can sleep: what falls due meanwhile runs late. */
class SleepyClock extends VirtualClock {
  #sleptMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.#sleptMs;
  }

  sleep(durationMs: number): void {
    this.#sleptMs += durationMs;
  }
}

function watch() {
  const clock = new SleepyClock();
  let silent = 0;
  const silence = new SilenceWatch(clock, () => silent++);
  silence.start(10_000);
  return { clock, silence, count: () => silent };
}

test("silence counts from what was heard last", () => {
  const { clock, silence, count } = watch();
  clock.advance(9_000);
  silence.heard();
  clock.advance(9_999);
  assert.equal(count(), 0);
  clock.advance(1);
  assert.equal(count(), 1);
});

test("a machine that slept reads what has come meanwhile before it calls the server silent", () => {
  const { clock, silence, count } = watch();
  clock.advance(5_000);
  clock.sleep(60_000);
  clock.advance(5_000);
  assert.equal(count(), 0);
  silence.heard();
  clock.advance(9_000);
  assert.equal(count(), 0);
});

test("a server that stays silent after the sleep is given up a moment later", () => {
  const { clock, count } = watch();
  clock.sleep(60_000);
  clock.advance(11_000);
  assert.equal(count(), 1);
});

test("nothing is noticed any more once nobody watches", () => {
  const { clock, silence, count } = watch();
  silence.stop();
  clock.advance(60_000);
  assert.equal(count(), 0);
});
