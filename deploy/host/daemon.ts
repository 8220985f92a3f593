import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import type { NodeSettings } from "../../protocols/settings.ts";
import { openDataDirectory } from "../data-directory.ts";
import { reasonOf, Refusal } from "../refusal.ts";
import { RUNS_IN_VARIABLE } from "../settings-names.ts";
import type { StarterWord } from "./starter.ts";

const LOG_FILE = "host.log";
const LOG_MODE = 0o600;
/** The log is added to, and never followed through a link that somebody else has put in its place. */
const LOG_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** Starts the same command line again in the background, and says where the node is once it serves. @throws Refusal when it does not */
export async function startDaemon({ dataDir, host }: NodeSettings): Promise<void> {
  openDataDirectory(dataDir);
  const logFile = host.logFile ?? join(dataDir, LOG_FILE);
  const child = spawnDetached(logFile, dataDir);
  const word = await firstWord(child, logFile);
  if (child.connected) child.disconnect();
  child.unref();
  if (word.kind === "refused") throw new Refusal(reasonOf(word.exitCode), word.text);
  const { listeners, opsUrl } = word.urls;
  const lines = [...Object.entries(listeners), ["operators", opsUrl], ["log", logFile]];
  console.log(`banyan-host runs as process ${word.pid}`);
  for (const [name, place] of lines) console.log(`  ${name?.padEnd(10)} ${place}`);
}

function spawnDetached(logFile: string, dataDir: string): ChildProcess {
  const log = openSync(logFile, LOG_FLAGS, LOG_MODE);
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

function firstWord(child: ChildProcess, logFile: string): Promise<StarterWord> {
  return new Promise((resolve, reject) => {
    child.once("message", (word) => resolve(word as StarterWord));
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const text = `the host has ended with ${signal ?? code} before it served; ${logFile} says why`;
      reject(new Refusal("failed", text));
    });
  });
}
