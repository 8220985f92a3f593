import type { Command } from "commander";
import { drawLogs } from "../drawings/logs-drawing.ts";
import type { CountedPart, Logs } from "../drawings/logs-drawing.ts";
import type { OpsClient } from "../ops-client.ts";
import { Refusal } from "../refusal.ts";
import { terminalPaint } from "../terminal.ts";
import { logsForgetCommand } from "./logs-forget.ts";
import { logsPutCommand } from "./logs-put.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** What is read is shown also where the counts do not answer. */
async function partsToldOf(client: OpsClient): Promise<readonly CountedPart[]> {
  try {
    const { partitions } = (await client.get("/v1/stats/partitions")) as {
      readonly partitions: readonly CountedPart[];
    };
    return partitions;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [];
  }
}

/** `banyan logs`: what the nodes read and count, and a way to write logs that they may read. */
export function logsCommand(): Command {
  return opsCommand("logs", "list the logs that the nodes read and count, write some, or forget a part")
    .description(
      "Lists the parts of logs that all nodes read: up to where each is counted, how far it is behind, how fast it goes, and what went wrong last.",
    )
    .action(async (options: OpsOptions) => {
      const client = await nodeOf(options);
      const logs = (await client.get("/v1/logs", {})) as Logs;
      const counted = options.json === true ? [] : await partsToldOf(client);
      show(options, logs, (answer) => drawLogs(answer, terminalPaint, counted));
    })
    .addCommand(logsPutCommand())
    .addCommand(logsForgetCommand());
}
