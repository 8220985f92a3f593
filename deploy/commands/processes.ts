import type { Command } from "commander";
import { drawProcesses } from "../drawings/processes-drawing.ts";
import type { Processes } from "../drawings/processes-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan processes`: host and workers, how workers ended, and why they were recycled. */
export function processesCommand(): Command {
  return opsCommand("processes", "show host and workers: memory, how workers ended, why they were recycled")
    .description(
      "Shows host and workers with their memory and how fast it grows, the workers that ended and what that meant, and " +
        "why workers were recycled.",
    )
    .action(async (options: OpsOptions) => {
      const client = await nodeOf(options);
      const processes = (await client.get("/v1/processes")) as Processes;
      show(options, processes, (answer) => drawProcesses(answer, Date.now(), terminalPaint));
    });
}
