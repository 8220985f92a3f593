import type { Command } from "commander";
import { drawStalls } from "../drawings/stalls-drawing.ts";
import type { Stalls } from "../drawings/stalls-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan stalls`: who fell silent. */
export function stallsCommand(): Command {
  return opsCommand("stalls", "list who fell silent, and turns that were given up and go on")
    .description(
      "Lists who fell silent or held the event loop, and turns that were given up and have not ended.",
    )
    .option("--limit <stalls>", "how many to list", "20")
    .action(async (options: OpsOptions & { readonly limit: string }) => {
      const client = await nodeOf(options);
      const stalls = (await client.get("/v1/stalls", { limit: options.limit })) as Stalls;
      show(options, stalls, (answer) => drawStalls(answer, terminalPaint));
    });
}
