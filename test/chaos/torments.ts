import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { SeededChance } from "../support/seeded-chance.ts";

/** The longest time for which a process is stopped, in milliseconds. */
const STOPPED_MAX_MS = 5_000;
/** More than a small machine has cores. */
const HOGS = 3;
const HOG = "const end = Date.now() + Number(process.argv[1]); while (Date.now() < end);";

/** The processes of a service under torment. */
export interface Victim {
  readonly hostPid: number;
  /** The process that serves now. */
  workerPid(): number;
}

/** One way to torment, under its name. */
export type Torment = (victim: Victim, chance: SeededChance) => Promise<void>;

/** What happens to processes although nobody did anything wrong. */
export const TORMENTS: Readonly<Record<string, Torment>> = {
  stopWorker: (victim, chance) => stopFor([victim.workerPid()], chance.between(100, STOPPED_MAX_MS)),
  stopWorkerLong: (victim) => stopFor([victim.workerPid()], STOPPED_MAX_MS),
  stopHost: ({ hostPid }, chance) => stopFor([hostPid], chance.between(100, STOPPED_MAX_MS)),
  stopAll: (victim, chance) =>
    stopFor([victim.hostPid, victim.workerPid()], chance.between(100, STOPPED_MAX_MS)),
  stutter: async (victim, chance) => {
    for (let stop = 0; stop < 10; stop++) {
      await stopFor([victim.workerPid()], chance.between(20, 200));
      await pause(chance.between(20, 200));
    }
  },
  hogs: (_victim, chance) => hogFor(chance.between(1_000, 4_000)),
  hogsAndStop: async (victim, chance) => {
    const forMs = chance.between(1_000, 3_000);
    await Promise.all([hogFor(forMs), stopFor([victim.workerPid()], forMs / 2)]);
  },
};

/** Stops processes by signal and lets them go on, whatever happens meanwhile. */
async function stopFor(pids: readonly number[], forMs: number): Promise<void> {
  for (const pid of new Set(pids)) signal(pid, "SIGSTOP");
  try {
    await pause(forMs);
  } finally {
    for (const pid of new Set(pids)) signal(pid, "SIGCONT");
  }
}

/** A process that has ended meanwhile needs neither. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Other processes take the cores. */
async function hogFor(forMs: number): Promise<void> {
  const hogs = Array.from({ length: HOGS }, () =>
    spawn(process.execPath, ["-e", HOG, String(forMs)], { stdio: "ignore" }),
  );
  await Promise.all(hogs.map(ended));
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}
