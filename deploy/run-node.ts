import type { NodeSettings } from "../protocols/settings.ts";
import { isFault } from "../runtime/fault.ts";
import type { Fault } from "../runtime/fault.ts";
import { BanyanNode } from "../runtime/node.ts";
import { OPERATORS_PORT, UnfitListener } from "../runtime/node-ports.ts";
import { CountingLog } from "../runtime/telemetry/counting-log.ts";
import { PinoLogger } from "../runtime/telemetry/pino-logger.ts";
import { banner } from "./banner.ts";
import { openDataDirectory } from "./data-directory.ts";
import { fillInSecrets } from "./node-secrets.ts";
import { EXIT_CODES, Refusal } from "./refusal.ts";
import { FEATURES } from "./roles.ts";
import { announceNode, withdrawNode } from "./running-node.ts";
import type { RunningNode } from "./running-node.ts";
import { stopSignal } from "./stop-signals.ts";
import { version } from "./version.ts";
import { watchLoop } from "./watch-loop.ts";
import { keepYoungGeneration } from "./young-generation.ts";

/** How long a node that has failed may take to say goodbye. */
const FAILED_STOP_WITHIN_MS = 3_000;

/** Runs a node until a signal stops it, then ends the process. @throws Refusal when it cannot start */
export async function runNode(given: NodeSettings): Promise<void> {
  const directory = openDataDirectory(given.dataDir);
  const ready = fillInSecrets(given, directory);
  const { settings } = ready;
  const log = new CountingLog(new PinoLogger(logOptions(settings)));
  process.on("uncaughtExceptionMonitor", (err) => log.fatal("node.failed", { err }));
  for (const secret of [ready.opsToken, ready.pushKey]) {
    if (secret?.isNew === true) log.info("data.secretMade", { path: secret.path });
  }
  const signalled = stopSignal();
  // The tree can no longer help itself, but its clients shall still hear that the node goes.
  const onFailure = (): void => void node.stop(FAILED_STOP_WITHIN_MS).finally(() => end(EXIT_CODES.failed));
  const end = (code: number): never => {
    withdrawNode(directory, process.pid);
    process.exit(code);
  };
  const node: BanyanNode = new BanyanNode({
    settings,
    log,
    version: version(),
    features: FEATURES,
    onFailure,
  });
  keepYoungGeneration();
  await open(node);
  const watchdog = watchLoop({ settings, system: node.system, log });
  const running: RunningNode = { pid: process.pid, ...node.urls() };
  announceNode(directory, running);
  if (settings.log.format !== "json") {
    process.stderr.write(`${banner({ version: version(), node: running, ready, folder: process.cwd() })}\n`);
  }
  log.info("node.started", { version: version(), ...running });
  log.info("node.stopping", { signal: await signalled });
  const stoppedInTime = await node.stop(settings.stopWithinMs);
  // Last, because a stop may block the loop too.
  await watchdog.stop();
  if (stoppedInTime) log.info("node.stopped");
  else log.error("node.stopTimedOut", { withinMs: settings.stopWithinMs });
  end(stoppedInTime ? EXIT_CODES.ok : EXIT_CODES.failed);
}

function logOptions({ name, log }: NodeSettings): {
  node: string;
  level: NodeSettings["log"]["level"];
  format: "pretty" | "json";
} {
  const auto = process.stdout.isTTY ? "pretty" : "json";
  return { node: name, level: log.level, format: log.format === "auto" ? auto : log.format };
}

/** Opens everything, or nothing. @throws Refusal that says which setting to change */
async function open(node: BanyanNode): Promise<void> {
  try {
    await node.start();
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof UnfitListener) return new Refusal("settings", error.message, { cause: error });
  if (isFault(error, "portTaken")) return portTaken(error);
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall !== "listen" && syscall !== "getaddrinfo") return undefined;
  return new Refusal("unavailable", `a port cannot be opened: ${message}; check its host and port`, {
    cause: error,
  });
}

function portTaken(fault: Fault): Refusal {
  const [listener, host, port] = ["listener", "host", "port"].map((name) => String(fault.details[name]));
  const setting = listener === OPERATORS_PORT ? "ops.port" : `listeners.${listener}.port`;
  const advice = `stop what uses it (ss -ltnp), or choose another: --set ${setting}=0 takes any free one`;
  const text = `port ${port} of listener ${listener} (${host}) is in use; ${advice}`;
  return new Refusal("unavailable", text, { cause: fault });
}
