import { setTimeout as pause } from "node:timers/promises";
import { isFault } from "../../../runtime/fault.ts";
import type { Sample } from "../benchmark.ts";
import type { Talk } from "./talk.ts";

/** What is measured of a conversation. */
type Plan = (talk: Talk, quick: boolean) => Promise<Sample>;

/** Tells in one turn of the program: as many as an actor may send while it handles what it has. */
const TELLS_A_TURN = 256;
const ASKS_IN_FLIGHT = 256;
/** Questions at a steady pace that may be open: those behind them are put later, and their time counts all the same. */
const STEADY_IN_FLIGHT_MAX = 10_000;
/** Whoever was refused says nothing for so long: the other side needs the processor, too. */
const REFUSED_PAUSE_MS = 1;
const TICK_MS = 1;
const ASKS_PER_SECOND = 50_000;
const HALF = 0.5;
const PERCENTILE = 0.99;

/** As many tells as go, until all have arrived; then as many questions as go, 256 in flight. */
async function most(talk: Talk, quick: boolean): Promise<Sample> {
  const forMs = quick ? 1_500 : 5_000;
  await tellFor(talk, forMs / 3);
  const tellsPerSecond = await tellFor(talk, forMs);
  await askFor(talk, forMs / 3);
  return { tellsPerSecond, asksPerSecond: await askFor(talk, forMs) };
}

async function tellFor(talk: Talk, forMs: number): Promise<number> {
  const before = await talk.ask();
  const startMs = performance.now();
  while (performance.now() - startMs < forMs) {
    if (tellMany(talk)) await new Promise((resolve) => setImmediate(resolve));
    else await pause(REFUSED_PAUSE_MS);
  }
  const arrived = (await askBehind(talk)) - before;
  return (arrived * 1_000) / (performance.now() - startMs);
}

/** False when one was refused. */
function tellMany(talk: Talk): boolean {
  for (let left = TELLS_A_TURN; left > 0; left--) if (!talk.tell()) return false;
  return true;
}

/** Asks behind all that was told, once there is room for it. */
async function askBehind(talk: Talk): Promise<number> {
  for (;;) {
    try {
      return await talk.ask();
    } catch (error) {
      if (!isFault(error, "mailboxFull")) throw error;
      await pause(REFUSED_PAUSE_MS);
    }
  }
}

async function askFor(talk: Talk, forMs: number): Promise<number> {
  let count = 0;
  const startMs = performance.now();
  const one = async (): Promise<void> => {
    while (performance.now() - startMs < forMs) {
      await talk.ask();
      count++;
    }
  };
  await Promise.all(Array.from({ length: ASKS_IN_FLIGHT }, one));
  return (count * 1_000) / (performance.now() - startMs);
}

/** One question after the other, once the code of all is compiled. */
async function single(talk: Talk, quick: boolean): Promise<Sample> {
  await askFor(talk, quick ? 1_500 : 3_000);
  const times = await askOneByOne(talk, quick ? 1_000 : 4_000);
  return { p50Ms: at(times, HALF), p99Ms: at(times, PERCENTILE) };
}

async function askOneByOne(talk: Talk, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const endMs = performance.now() + forMs;
  for (let startMs = performance.now(); startMs < endMs; startMs = performance.now()) {
    await talk.ask();
    times.push(performance.now() - startMs);
  }
  return times;
}

/** 50,000 questions a second, whatever comes back: what is due is put every millisecond, and its time counts from when it was due. */
async function steady(talk: Talk, quick: boolean): Promise<Sample> {
  await askFor(talk, quick ? 1_500 : 3_000);
  await askSteadily(talk, 500);
  const times = await askSteadily(talk, quick ? 2_000 : 10_000);
  return { p50Ms: at(times, HALF), p99Ms: at(times, PERCENTILE) };
}

async function askSteadily(talk: Talk, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const total = (forMs * ASKS_PER_SECOND) / 1_000;
  const startMs = performance.now();
  let put = 0;
  const ask = async (dueMs: number): Promise<void> => {
    await talk.ask();
    times.push(performance.now() - dueMs);
  };
  const putDue = (failed: (error: unknown) => void): void => {
    const due = Math.min(total, ((performance.now() - startMs) * ASKS_PER_SECOND) / 1_000);
    for (; put < due && put - times.length < STEADY_IN_FLIGHT_MAX; put++) {
      ask(startMs + (put * 1_000) / ASKS_PER_SECOND).catch(failed);
    }
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setInterval(() => {
      putDue(reject);
      if (times.length >= total) resolve(clearInterval(timer));
    }, TICK_MS);
  });
  return times;
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
}

/** The plans by name. */
export const PLANS: Readonly<Record<string, Plan>> = { most, single, steady };
