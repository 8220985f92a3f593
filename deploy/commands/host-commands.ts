import { Command } from "commander";
import type { HostAnswer, HostCommand } from "../../protocols/host.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import { DataDirectory } from "../data-directory.ts";
import { askHost, nothingRuns } from "../host/control/control-client.ts";
import { holderOf } from "../host/place/host-lock.ts";
import type { LockHolder } from "../host/place/host-lock.ts";
import { isRunning } from "../../runtime/process/process-identity.ts";
import { drawReport } from "../host/control/report-drawing.ts";
import { EXIT_CODES, Refusal } from "../refusal.ts";
import { findNode } from "../running-node.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

/** How often a process that is stopping is looked at, in milliseconds. */
const LOOK_EVERY_MS = 50;
/** How long a report may take, in milliseconds. */
const STATUS_WITHIN_MS = 10_000;
/** How much longer than its own limit a stop is waited for, in milliseconds. */
const STOP_GRACE_MS = 5_000;

/** `banyan stop`, `restart`, `reload`, `status`: what is done to the host that runs on a data directory. */
export function hostCommands(): Command[] {
  return [
    command("stop", "stop the node in order", stop),
    command("restart", "stop the worker in order and start a fresh one; clients connect again", (settings) =>
      change(settings, { kind: "restart" }),
    ),
    command("reload", "take up new code and settings; no connection is closed", (settings) =>
      change(settings, { kind: "reload" }),
    ),
    command("status", "show what runs, and how it went before", status).option("--json", "print it as JSON"),
  ];
}

type Options = Readonly<Record<string, unknown>>;

function command(
  name: string,
  summary: string,
  act: (settings: NodeSettings, options: Options) => Promise<void>,
): Command {
  const described = new Command(name).summary(summary).description(DESCRIPTIONS[name] ?? summary);
  return addSettingsOptions(described, []).action(async (options: Options) => {
    await act(await settingsOf(options), options);
  });
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  stop: "Stops the node that runs on the data directory, in order: clients are sent away, then the actors stop. Returns when it has ended.",
  restart:
    "Starts a fresh worker, and when that one is ready, stops the present one in order. Clients are closed with 4503 and connect " +
    "again. What cannot start is refused, and the present worker serves on.",
  reload:
    "Starts a fresh worker with the code and the settings as they are now, checks it, and moves every connection to it. " +
    "What cannot start is refused, and the present worker serves on.",
  status:
    "Shows the host and its workers, how the latest workers ended, and where the node is reached. Exits with " +
    `${EXIT_CODES.unavailable} when nothing runs.`,
};

async function change({ dataDir }: NodeSettings, wanted: HostCommand): Promise<void> {
  conclude(await askHost(dataDir, wanted, { onEvent: (text) => console.log(text) }));
}

/** @throws Refusal when it was refused */
function conclude(answer: HostAnswer): void {
  if (answer.kind === "refused") throw new Refusal("failed", `refused (${answer.code}): ${answer.text}`);
  if (answer.kind === "done") console.log(answer.text);
}

async function stop({ dataDir, stopWithinMs }: NodeSettings): Promise<void> {
  const holder = holderOf(dataDir);
  if (holder === undefined) throw nothingRuns(dataDir);
  const withinMs = stopWithinMs + STOP_GRACE_MS;
  const onEvent = (text: string): void => console.log(text);
  if (holder.role === "host") conclude(await askHost(dataDir, { kind: "stop" }, { withinMs, onEvent }));
  else process.kill(holder.pid, "SIGTERM");
  await untilGone(holder, withinMs);
  if (holder.role === "node") console.log(`process ${holder.pid} has stopped`);
}

async function untilGone(holder: LockHolder, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (isRunning(holder)) {
    if (performance.now() > endMs) {
      throw new Refusal("failed", `process ${holder.pid} has not ended in ${withinMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function status({ dataDir }: NodeSettings, { json }: Options): Promise<void> {
  const holder = holderOf(dataDir);
  if (holder === undefined) throw nothingRuns(dataDir);
  if (holder.role === "node") return showNode(holder, new DataDirectory(dataDir), json === true);
  const answer = await askHost(dataDir, { kind: "status" }, { withinMs: STATUS_WITHIN_MS });
  if (answer.kind !== "report") throw new Refusal("failed", "the host has given no report");
  console.log(json === true ? JSON.stringify(answer.report, null, 2) : drawReport(answer.report, Date.now()));
}

function showNode({ pid, sinceMs }: LockHolder, directory: DataDirectory, asJson: boolean): void {
  const urls = findNode(directory);
  if (asJson) return console.log(JSON.stringify({ role: "node", pid, sinceMs, ...urls }, null, 2));
  return console.log(`one process without a host: ${pid}, since ${new Date(sinceMs).toISOString()}`);
}
