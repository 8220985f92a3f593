import type { RecycleSettings } from "../../../protocols/host-settings.ts";
import type { MemoryTrend } from "./memory-trend.ts";

/** When a worker is replaced by a fresh one; 0 means never. */
export type RecycleRule = RecycleSettings;

/** The gravest first. */
const GRAVITY: readonly Recycling["cause"][] = ["zombies", "memorySize", "memorySlope", "requests", "asked"];
/** How far the requests limit of a worker is from the setting, so that workers started together are not recycled together. */
const JITTER = 0.1;

/** What a worker has been through, as far as it can wear it out. */
export interface WearReading {
  readonly ageMs: number;
  readonly requests: number;
  /** Its own share of `requests`, from `requestsLimit`; 0 is none. */
  readonly requestsMax: number;
  readonly zombies: number;
  readonly memory: MemoryTrend | undefined;
}

/** Why a worker is to be replaced: the cause for counting, the text with its figures for people. */
export interface Recycling {
  readonly cause: "zombies" | "memorySize" | "memorySlope" | "requests" | "asked";
  readonly text: string;
}

/** How many requests one worker may serve: the setting, up to 10 % more or less. `random` is at least 0 and below 1. Pure. */
export function requestsLimit({ requests }: RecycleRule, random: number): number {
  return requests === 0 ? 0 : Math.max(1, Math.round(requests * (1 + JITTER * (2 * random - 1))));
}

/** Why this worker is to be replaced, the gravest cause first; undefined when it may go on, or is too young to judge. Pure. */
export function recycling(rule: RecycleRule, reading: WearReading): Recycling | undefined {
  if (reading.ageMs < rule.minLifeMs) return undefined;
  return (
    byZombies(rule, reading) ??
    byMemorySize(rule, reading) ??
    byMemorySlope(rule, reading) ??
    byRequests(reading)
  );
}

/** A worker, and why it is to be replaced; undefined when it may go on. */
export interface Judged<Worker> {
  readonly worker: Worker;
  readonly why: Recycling | undefined;
}

/** The one worker to replace next: never more than one at a time, so that the others carry on; the gravest cause first. Pure. */
export function whichToRecycle<Worker>(
  workers: readonly Judged<Worker>[],
): { readonly worker: Worker; readonly why: Recycling } | undefined {
  const worn = workers.flatMap(({ worker, why }) => (why === undefined ? [] : [{ worker, why }]));
  return worn.toSorted((a, b) => GRAVITY.indexOf(a.why.cause) - GRAVITY.indexOf(b.why.cause))[0];
}

function byZombies({ zombies: max }: RecycleRule, { zombies }: WearReading): Recycling | undefined {
  if (max === 0 || zombies < max) return undefined;
  return { cause: "zombies", text: `${zombies} turns were given up and have not ended (limit ${max})` };
}

function byMemorySize({ memoryBytes: max }: RecycleRule, { memory }: WearReading): Recycling | undefined {
  if (max === 0 || memory === undefined || memory.bytes < max) return undefined;
  return { cause: "memorySize", text: `it holds ${mebibytes(memory.bytes)} (limit ${mebibytes(max)})` };
}

function byMemorySlope(rule: RecycleRule, { memory }: WearReading): Recycling | undefined {
  const max = rule.memoryBytesPerMinute;
  if (max === 0 || memory?.isSustained !== true || memory.bytesPerMinute < max) return undefined;
  const seconds = Math.round(memory.spanMs / 1_000);
  const pace = `${mebibytes(memory.bytesPerMinute)} a minute for ${seconds} s`;
  const text = `it grows by ${pace}, to ${mebibytes(memory.bytes)} (limit ${mebibytes(max)} a minute)`;
  return { cause: "memorySlope", text };
}

function byRequests({ requests, requestsMax }: WearReading): Recycling | undefined {
  if (requestsMax === 0 || requests < requestsMax) return undefined;
  return { cause: "requests", text: `it has served ${requests} requests (its limit ${requestsMax})` };
}

/** Memory as people read it: `412.5 MiB`. Pure. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
