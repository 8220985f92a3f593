import { Command } from "commander";
import { logsPutCommand } from "./logs-put.ts";

/** `banyan logs`: what the node reads and counts, and a way to write logs that it may read. */
export function logsCommand(): Command {
  const command = new Command("logs")
    .summary("write logs that are read and counted")
    .description("Writes logs into a logstore of SLS, from where they are read and counted.");
  return command.addCommand(logsPutCommand());
}
