import type { Command } from "commander";
import { drawLogs } from "../drawings/logs-drawing.ts";
import type { Logs } from "../drawings/logs-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { logsPutCommand } from "./logs-put.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan logs`: what the nodes read and count, and a way to write logs that they may read. */
export function logsCommand(): Command {
  return opsCommand("logs", "list the logs that the nodes read and count, or write some")
    .description(
      "Lists the parts of logs that all nodes read: up to where each is counted, how far it is behind, how fast it goes, and what went wrong last.",
    )
    .action(async (options: OpsOptions) => {
      const client = await nodeOf(options);
      const logs = (await client.get("/v1/logs", {})) as Logs;
      show(options, logs, (answer) => drawLogs(answer, terminalPaint));
    })
    .addCommand(logsPutCommand());
}
