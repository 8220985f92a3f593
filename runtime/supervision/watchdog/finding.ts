import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Finding } from "./block.ts";
import { MainThread } from "./main-thread.ts";
import type { Frame } from "./main-thread.ts";

/** Frames of a stack that are kept. */
const STACK_FRAMES_MAX = 30;
/** How often a silent loop is looked into: one look cannot tell a storm from a call that holds it. */
const SAMPLES = 3;
/** The thread runs for so long between two samples, as far as the system tells, or `SAMPLE_MAX_MS` pass. */
const RUN_BETWEEN_MS = 2;
const SAMPLE_EVERY_MS = 10;
const SAMPLE_MAX_MS = 200;
/** A call of native code cannot be interrupted, nor looked into. */
const NATIVE = "(native code)";

/** What is said of a loop that did nothing that could be seen. */
export const UNSEEN: Finding = { kind: "held", flight: undefined, at: NATIVE, stack: [NATIVE], seenAt: [] };

/**
 * Finds out what holds the main thread, from another thread. Three samples are taken, for the first may be chance; that
 * microtasks run on although timers do not is what makes a storm. `signal` says that the thread is free again.
 */
export async function findHolder(pid: number, signal: AbortSignal): Promise<Finding> {
  const thread = new MainThread();
  try {
    return await lookInto(thread, pid, signal);
  } finally {
    thread.leave();
  }
}

async function lookInto(thread: MainThread, pid: number, signal: AbortSignal): Promise<Finding> {
  const first = await thread.hold(signal);
  if (first === undefined) return UNSEEN;
  let flight = await thread.flight(first);
  const mark = await thread.leaveMark();
  const samples = [first];
  for (let sample = 1; sample < SAMPLES; sample++) {
    thread.release();
    await untilRan(pid, signal);
    const next = await thread.hold(signal);
    if (next === undefined) break;
    samples.push(next);
    flight ??= await thread.flight(next);
  }
  const isStorm = !signal.aborted && mark !== undefined && (await thread.hasReached(mark));
  const telling = tellingOf(samples);
  const stack = telling.slice(0, STACK_FRAMES_MAX).map(describeFrame);
  return {
    kind: isStorm ? "storm" : "held",
    flight,
    at: holderOf(telling),
    stack,
    seenAt: samples.map(holderOf),
  };
}

/** The first sample in which the program's own code was at work: between two calls of a storm only Node's is. */
export function tellingOf(samples: readonly (readonly Frame[])[]): readonly Frame[] {
  return samples.find((frames) => frames.some(isOwn)) ?? samples[0] ?? [];
}

/** On a busy machine a thread does not run just because time passes, and two samples of one moment prove nothing. */
async function untilRan(pid: number, signal: AbortSignal): Promise<void> {
  const before = ranMs(pid);
  const endMs = performance.now() + SAMPLE_MAX_MS;
  do await pause(SAMPLE_EVERY_MS);
  while (ranMs(pid) - before < RUN_BETWEEN_MS && !signal.aborted && performance.now() < endMs);
}

/** How long the main thread has run so far; where the system does not tell, enough. */
function ranMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/self/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** The innermost frame of the program's own code: what it calls of Node's is not to blame. */
export function holderOf(frames: readonly Frame[]): string {
  const holder = frames.find(isOwn) ?? frames[0];
  return holder === undefined ? NATIVE : describeFrame(holder);
}

function isOwn({ file }: Frame): boolean {
  return file !== "" && !file.startsWith("node:");
}

function describeFrame({ function: name, file, line }: Frame): string {
  return `${name} (${file}:${line})`;
}
