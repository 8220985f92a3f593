import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { flagsUnless, nodeOptions } from "../../node-flags.ts";
import { RUNS_IN_VARIABLE } from "../../settings-names.ts";
import { YOUNG_GENERATION_FLAG } from "../../young-generation.ts";
import { spawnAs } from "../user/os-user.ts";
import type { OsUser } from "../user/os-user.ts";
import { SUCCESSOR } from "./worker-place.ts";
import type { WorkerPlace } from "./worker-place.ts";

/** A fresh process reads the code anew, so that what a reload starts is what lies on the disk then. */
const ENTRY = fileURLToPath(new URL("../../worker.js", import.meta.url));

/** How the processes of the workers are started. */
export interface LaunchOrders {
  readonly dataDir: string;
  /** The options of the command line, which say where the settings come from. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly osUser: OsUser | undefined;
}

/** Starts the process of a worker. Its standard error passes through the host, which keeps the last words. */
export function launchWorker(
  { number, isSuccessor }: WorkerPlace,
  { dataDir, options, osUser }: LaunchOrders,
): ChildProcess {
  const { ids, environment } = spawnAs(osUser);
  const words = [String(number), JSON.stringify(options), ...(isSuccessor ? [SUCCESSOR] : [])];
  const child = fork(ENTRY, words, {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
    serialization: "advanced",
    execArgv: [...flagsUnless(nodeOptions(), [YOUNG_GENERATION_FLAG]), ...process.execArgv],
    env: { ...process.env, ...environment, [RUNS_IN_VARIABLE]: dataDir },
    ...ids,
  });
  return child;
}
