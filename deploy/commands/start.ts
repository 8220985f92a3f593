import { Command } from "commander";
import { plannedWorkers } from "../worker-plan.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const SIGNALS_HELP = `
Signals to the host:
  SIGTERM, SIGINT            stop in order; a second one ends at once
  SIGUSR2, SIGHUP, SIGUSR1   reload, as "banyan reload" does`;

interface StartOptions {
  readonly daemon?: boolean;
  readonly watch?: boolean;
}

/** `banyan start`: runs a node until a signal stops it. */
export function startCommand(): Command {
  const command = new Command("start")
    .summary("run a node until SIGTERM or Ctrl-C")
    .description(
      "Runs a node: a host that starts a worker, watches it, and starts another one when it dies. SIGTERM or Ctrl-C stops it in " +
        "order: no new connections, the open ones are closed with 4503 (come back later), then every actor. A second signal ends it at once.",
    )
    .option("--daemon", "run in the background, with the log in a file; returns when the node serves")
    .option("--watch", "reload whenever the code or the settings file changes")
    .addHelpText("after", SIGNALS_HELP);
  return addSettingsOptions(command, ["name", "port", "opsPort", "logLevel", "workers"]).action(
    async (options: StartOptions & Record<string, unknown>) => {
      const settings = await settingsOf(options);
      if (options.daemon === true) {
        const { startDaemon } = await import("../host/control/daemon.ts");
        await startDaemon(settings);
      } else if (plannedWorkers(settings).length === 0) {
        // Only a node needs the whole runtime; the other commands start without it.
        const { runNode } = await import("../run-node.ts");
        await runNode(settings);
      } else {
        const { runHost } = await import("../host/run-host.ts");
        await runHost({ settings, options });
      }
    },
  );
}
