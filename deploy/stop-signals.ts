import { constants } from "node:os";

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];
/** One Ctrl-C may arrive twice: from the terminal, and from npm, which passes it on. So soon it is the same one, in milliseconds. */
const ECHO_MS = 500;
/** A process that a signal ends has this much more than the signal's number as its exit code, by the shells' custom. */
const SIGNAL_EXIT_BASE = 128;

/** Tells a first signal from its echo and from a second one. Pure but for its memory; time is an argument. */
export class SignalWatch {
  #first: { readonly signal: StopSignal; readonly atMs: number } | undefined = undefined;

  take(signal: StopSignal, nowMs: number): "first" | "echo" | "second" {
    if (this.#first === undefined) {
      this.#first = { signal, atMs: nowMs };
      return "first";
    }
    return signal === this.#first.signal && nowMs - this.#first.atMs < ECHO_MS ? "echo" : "second";
  }
}

/** Resolves with the first signal to stop; the second one ends the process at once, after `beforeEnd`. */
export function stopSignal(beforeEnd: () => void = () => undefined): Promise<StopSignal> {
  const watch = new SignalWatch();
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (watch.take(signal, performance.now()) === "second") {
          beforeEnd();
          endAtOnce(signal);
        }
        resolve(signal);
      });
    }
  });
}

function endAtOnce(signal: StopSignal): never {
  process.stderr.write(`banyan: ${signal} for the second time, ending at once; connections are cut\n`);
  process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
}
