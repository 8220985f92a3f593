import type { Command } from "commander";
import { drawBeats } from "../drawings/beats-drawing.ts";
import type { Beats } from "../drawings/beats-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan beats`: who owes a sign of life, and until when. */
export function beatsCommand(): Command {
  return opsCommand("beats", "show who owes a sign of life, and until when")
    .description(
      "Shows the actors with a heartbeat duty or an open turn, who has the least time left first: duty, deadline, " +
        "last beat, how failures are answered, and how many are still forgiven.",
    )
    .option("--limit <actors>", "how many to show (default: 20)")
    .action(async (options: OpsOptions & { readonly limit?: string }) => {
      const client = await nodeOf(options);
      const beats = (await client.get("/v1/beats", { limit: options.limit })) as Beats;
      show(options, beats, (answer) => drawBeats(answer, terminalPaint));
    });
}
