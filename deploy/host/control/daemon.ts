import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import type { NodeSettings } from "../../../protocols/settings.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { openDataDirectory } from "../../data-directory.ts";
import { reasonOf, Refusal } from "../../refusal.ts";
import { RUNS_IN_VARIABLE } from "../../settings-names.ts";
import { firstWord } from "./first-word.ts";

/** How long a start may take beyond what its worker may take, in milliseconds. */
const START_GRACE_MS = 30_000;
const LOG_FILE = "host.log";
const LOG_MODE = 0o600;
/** The log is added to, and never followed through a link that somebody else has put in its place. */
const LOG_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** Starts the same command line again in the background, and says where the node is once it serves. @throws Refusal when it does not */
export async function startDaemon({ dataDir, host }: NodeSettings): Promise<void> {
  openDataDirectory(dataDir);
  const logFile = host.logFile ?? join(dataDir, LOG_FILE);
  const child = spawnDetached(logFile, dataDir);
  // A worker may take so long to be ready, and so long to open its doors.
  const withinMs = 2 * host.readyWithinMs + START_GRACE_MS;
  const word = await firstWord(child, { logFile, withinMs, clock: new SystemClock() });
  if (child.connected) child.disconnect();
  child.unref();
  if (word.kind === "refused") throw new Refusal(reasonOf(word.exitCode), word.text);
  const { listeners, opsUrl } = word.urls;
  const lines = [...Object.entries(listeners), ["operators", opsUrl], ["log", logFile]];
  console.log(`banyan-${word.role} runs as process ${word.pid}`);
  for (const [name, place] of lines) console.log(`  ${name?.padEnd(10)} ${place}`);
}

function spawnDetached(logFile: string, dataDir: string): ChildProcess {
  const log = openLogFile(logFile);
  try {
    const words = process.argv.slice(1).filter((word) => word !== "--daemon");
    return spawn(process.execPath, [...process.execArgv, ...words], {
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
      env: { ...process.env, [RUNS_IN_VARIABLE]: dataDir },
    });
  } finally {
    closeSync(log);
  }
}

function openLogFile(logFile: string): number {
  try {
    return openSync(logFile, LOG_FLAGS, LOG_MODE);
  } catch (error) {
    const text = `host.logFile is ${logFile}, which cannot be written: ${(error as Error).message}`;
    throw new Refusal("settings", text, { cause: error });
  }
}
