import { constants } from "node:os";

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];
/** A process that a signal ends has this much more than the signal's number as its exit code, by the shells' custom. */
const SIGNAL_EXIT_BASE = 128;

/** Resolves with the first signal to stop; the second one ends the process at once. */
export function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (stopping) endAtOnce(signal);
        stopping = true;
        resolve(signal);
      });
    }
  });
}

function endAtOnce(signal: StopSignal): never {
  process.stderr.write(`banyan: ${signal} for the second time, ending at once; connections are cut\n`);
  process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
}
