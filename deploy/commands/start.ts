import { Command } from "commander";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

/** `banyan start`: runs a node until a signal stops it. */
export function startCommand(): Command {
  const command = new Command("start")
    .summary("run a node until SIGTERM or Ctrl-C")
    .description(
      "Runs a node. SIGTERM or Ctrl-C stops it in order: no new connections, the open ones are closed with 4503 " +
        "(come back later), then every actor. A second signal ends it at once.",
    );
  return addSettingsOptions(command, ["name", "port", "opsPort", "logLevel"]).action(
    async (options: Record<string, unknown>) => {
      const settings = await settingsOf(options);
      // Only a node needs the whole runtime; the other commands start without it.
      const { runNode } = await import("../run-node.ts");
      await runNode(settings);
    },
  );
}
