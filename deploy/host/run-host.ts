import type { HostCommand } from "../../protocols/host.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import { openDataDirectory } from "../data-directory.ts";
import { openLog } from "../node-log.ts";
import { EXIT_CODES, reasonOf, Refusal } from "../refusal.ts";
import { stopSignal } from "../stop-signals.ts";
import { version } from "../version.ts";
import { plannedWorkers } from "../worker-plan.ts";
import { ControlServer } from "./control/control-server.ts";
import { onReloadSignal } from "./control/reload-signals.ts";
import { onlooker, tellStarter } from "./control/starter.ts";
import { HireFailed } from "./hire-failed.ts";
import { Host } from "./host.ts";
import { takeLock } from "./place/host-lock.ts";
import { HostPlace } from "./place/host-place.ts";
import { Stopping } from "./stopping.ts";
import { HOST_TITLE } from "./strays/process-facts.ts";
import type { OsUser } from "./user/os-user.ts";
import { prepareWorkerUser } from "./user/worker-user.ts";
import { watchSources } from "./watch/watch-sources.ts";

/** How a host is started. */
export interface HostOrders {
  readonly settings: NodeSettings;
  /** The options of the command line, with which each worker reads its settings. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Runs a host in this process until it is told to stop. @throws Refusal when it cannot start */
export async function runHost(orders: HostOrders): Promise<void> {
  process.title = HOST_TITLE;
  const { settings, options } = orders;
  const directory = openDataDirectory(settings.dataDir);
  const lock = takeLock(settings.dataDir, "host");
  const place = new HostPlace(settings, directory);
  const stopping = new Stopping();
  // Who reads standard error may go; the node stays.
  process.stderr.on("error", () => undefined);
  const leave = (): void => {
    place.close();
    lock.release();
  };
  // Also when a second signal ends the process at once.
  process.once("exit", leave);
  try {
    const osUser = await prepareWorkerUser(settings, options);
    place.open();
    await serve({ ...orders, osUser, place, stopping, log: openLog(settings) });
  } finally {
    // Before the last word to whoever wanted the stop: the next host may be started then.
    leave();
    stopping.finish();
  }
}

interface ServeParts extends HostOrders {
  readonly osUser: OsUser | undefined;
  readonly place: HostPlace;
  readonly stopping: Stopping;
  readonly log: Logger;
}

async function serve(parts: ServeParts): Promise<void> {
  const { settings, options, stopping, log } = parts;
  const host = hostOf(parts);
  void stopSignal(() => host.kill()).then((signal) => stopping.ask(signal));
  onReloadSignal(
    (signal) => host.reloadSoon(signal),
    () => void stopping.ask("SIGHUP"),
  );
  const carryOut = (command: HostCommand, say: (text: string) => void) => host.carryOut(command, say);
  const control = await ControlServer.open({ dataDir: settings.dataDir, log, carryOut });
  const sources =
    options["watch"] === true ? await watchSources({ settings, options, host, log }) : undefined;
  try {
    await Promise.race([host.start(), stopping.asked]);
    const isInOrder = await host.stop(await stopping.asked);
    process.exitCode = isInOrder ? EXIT_CODES.ok : EXIT_CODES.failed;
  } catch (error) {
    await host.stop(undefined);
    throw error instanceof HireFailed
      ? new Refusal(reasonOf(error.exitCode), error.message, { cause: error })
      : error;
  } finally {
    sources?.close();
    control.close();
  }
}

function hostOf({ settings, options, osUser, place, stopping, log }: ServeParts): Host {
  return new Host({
    settings,
    version: version(),
    launch: { dataDir: settings.dataDir, options, osUser },
    log,
    workers: plannedWorkers(settings).map(({ number }) => number),
    announce: (urls, workers) => place.announce(urls, workers),
    onServing: (urls) => tellStarter({ kind: "serving", role: "host", pid: process.pid, urls }),
    onlooker: onlooker(),
    stop: (reason) => stopping.ask(reason),
  });
}
