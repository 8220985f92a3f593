import { constants } from "node:os";
import type { Block } from "../../../runtime/supervision/watchdog/block.ts";
import { EXIT_CODES } from "../../refusal.ts";
import { CODE_MEANINGS, SIGNAL_MEANINGS } from "./exit-tables.ts";

/**
 * How a worker ended, as far as it decides what comes next: `expected` is no failure, `refused` would be refused again,
 * after all others another worker is started.
 */
export type ExitKind =
  | "expected"
  | "refused"
  | "failed"
  | "crashed"
  | "outOfMemory"
  | "killed"
  | "blockedLoop"
  | "silent"
  | "unexpectedEnd";

/** What the host had done to a worker when it ended. */
export type HostDeed = "stop" | "handOver" | "killSilent" | "killLate" | "killUnready";

/** All that is known of a worker that has ended. */
export interface WorkerExit {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly hostDid?: HostDeed | undefined;
  /** The blocked loop that its watchdog killed it for. */
  readonly block?: Block | undefined;
  /** How many processes the kernel has killed just now because memory was short. */
  readonly oomKills?: number | undefined;
  /** The end of what it wrote to its standard error. */
  readonly lastWords?: string | undefined;
  /** Why it said that it cannot start. */
  readonly refusal?: string | undefined;
}

/** What an end means. `text` fits behind the worker's name: "worker 1 was killed by SIGKILL …". */
export interface ExitMeaning {
  readonly kind: ExitKind;
  readonly text: string;
  /** What an operator can look at or do; undefined when there is nothing to do. */
  readonly advice: string | undefined;
}

/** A process that a signal ends has this much more than the signal's number as its exit code, by the shells' custom. */
const SIGNAL_EXIT_BASE = 128;
const HEAP_WORDS = /heap out of memory|Reached heap limit|Ineffective mark-compacts/;
const KILLED_BY_HOST = {
  killSilent: { kind: "silent", why: "it gave no sign of life in host.silentAfterMs" },
  killLate: { kind: "killed", why: "it did not stop in stopWithinMs" },
  killUnready: { kind: "killed", why: "it was not ready in host.readyWithinMs" },
} as const;

/** Says what the end of a worker means, and what to do about it. Pure. */
export function exitMeaning(exit: WorkerExit): ExitMeaning {
  const signal = exit.signal ?? signalOfCode(exit.code);
  if (exit.refusal !== undefined) return meaning("refused", `cannot start: ${exit.refusal}`);
  if (signal !== undefined) return endBySignal(signal, exit);
  if (exit.code === EXIT_CODES.ok) return endInOrder(exit);
  return endWithCode(exit.code ?? EXIT_CODES.failed, exit);
}

function meaning(kind: ExitKind, text: string, advice?: string): ExitMeaning {
  return { kind, text, advice };
}

/** Where a shell or a container stands between, a signal comes as a number above 128. */
function signalOfCode(code: number | null): NodeJS.Signals | undefined {
  if (code === null || code <= SIGNAL_EXIT_BASE) return undefined;
  const known = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  return known.find(([, number]) => number === code - SIGNAL_EXIT_BASE)?.[0];
}

function endInOrder({ hostDid }: WorkerExit): ExitMeaning {
  if (hostDid === "stop") return meaning("expected", "stopped in order");
  if (hostDid === "handOver") return meaning("expected", "handed everything over and ended");
  return meaning(
    "unexpectedEnd",
    "ended with 0, and this host had not asked it to",
    "look for process.exit() in the code; its log shows what it did last",
  );
}

function endBySignal(signal: NodeJS.Signals, exit: WorkerExit): ExitMeaning {
  if (signal === "SIGKILL") return endByKill(exit);
  if (exit.hostDid === "stop") return meaning("expected", `ended by ${signal} while it stopped`);
  if (signal === "SIGABRT" && exit.lastWords !== undefined && HEAP_WORDS.test(exit.lastWords)) {
    return outOfHeap(signal);
  }
  const known = SIGNAL_MEANINGS[signal];
  if (known !== undefined) return meaning(known.kind, `was ended by ${signal}: ${known.text}`, known.advice);
  return meaning("killed", `was ended by ${signal}, which somebody sent`, `find out who sent it ${signal}`);
}

function outOfHeap(signal: NodeJS.Signals): ExitMeaning {
  return meaning(
    "outOfMemory",
    `was ended by ${signal}: V8 had no heap left`,
    "look at its memory by class; give it more with NODE_OPTIONS=--max-old-space-size=MIB, or recycle it earlier with host.recycle.memoryBytes",
  );
}

/** Nothing can catch SIGKILL, so who sent it shows in what was written down before. */
function endByKill({ pid, block, hostDid, oomKills }: WorkerExit): ExitMeaning {
  if (block !== undefined) return blockedLoop(block);
  if (hostDid === "killSilent" || hostDid === "killLate" || hostDid === "killUnready") {
    const { kind, why } = KILLED_BY_HOST[hostDid];
    return meaning(kind, `was killed by this host: ${why}`);
  }
  if ((oomKills ?? 0) > 0) {
    return meaning(
      "outOfMemory",
      "was killed by the kernel: the machine or its control group had no memory left",
      `dmesg -T | grep "process ${pid}" says by how much; give it more, or recycle earlier with host.recycle.memoryBytes`,
    );
  }
  return meaning(
    "killed",
    "was killed by SIGKILL, and not by this host",
    oomKills === undefined
      ? `somebody ran kill -9, or the kernel had no memory left: dmesg -T | grep -i "process ${pid}"`
      : "somebody ran kill -9, or the service manager lost patience; the kernel had memory left",
  );
}

function blockedLoop({ flight, namedAfterMs, at }: Block): ExitMeaning {
  const holder = flight === undefined ? "code outside of any actor" : `${flight.path} on ${flight.kind}`;
  const place = at === "" ? "" : `, at ${at}`;
  return meaning(
    "blockedLoop",
    `was killed by its watchdog: ${holder} held the event loop${place} (named after ${namedAfterMs} ms)`,
    flight?.message === undefined
      ? "blocks.jsonl has the stack"
      : "the message is in quarantine; replay it when the handler is repaired",
  );
}

function endWithCode(code: number, { hostDid, lastWords }: WorkerExit): ExitMeaning {
  const known = CODE_MEANINGS[code];
  const text = `ended with ${code}: ${known?.text ?? "code called process.exit()"}`;
  if (hostDid === "stop" && code === EXIT_CODES.failed) {
    return meaning(
      "failed",
      `ended with ${code}: it could not stop in order in time`,
      "its log says what held it up",
    );
  }
  const advice = known?.advice ?? "look for process.exit() in the code";
  return meaning(known?.kind ?? "unexpectedEnd", text, withLastWords(advice, lastWords));
}

function withLastWords(advice: string, lastWords: string | undefined): string {
  const error = lastWords
    ?.split("\n")
    .map((line) => line.trim())
    .find((line) => /^(?:\w*Error\b|banyan: )/.test(line));
  return error === undefined ? advice : `${advice}; its last words: ${error}`;
}
