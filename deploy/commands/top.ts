import { Option } from "commander";
import type { Command } from "commander";
import { drawTop } from "../drawings/top-drawing.ts";
import type { Top } from "../drawings/top-drawing.ts";
import { redrawn, terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** How the flag calls what the actors are chosen by, and how the node does. */
const SORTS: Readonly<Record<string, Top["sort"]>> = {
  age: "mailboxAge",
  mailbox: "mailbox",
  busy: "busy",
  restarts: "restarts",
};

const EXAMPLES = `
Examples:
  banyan top                       whose mail waits longest, drawn again every second on a terminal
  banyan top --sort busy           whose turn is open, and for how long
  banyan top --sort restarts --once`;

interface TopOptions extends OpsOptions {
  readonly sort: string;
  readonly limit?: string;
  readonly once?: boolean;
}

/** `banyan top`: the actors that stand out now. */
export function topCommand(): Command {
  return opsCommand("top", "show the actors that stand out: old mail, open turns, restarts")
    .description("Shows the actors that stand out. On a terminal it is drawn again every second.")
    .addOption(
      new Option("--sort <by>", "age of the oldest message, mailbox depth, busy time, or restarts")
        .choices(Object.keys(SORTS))
        .default("age"),
    )
    .option("--limit <actors>", "how many to show (default: 20)")
    .option("--once", "draw it once, as where there is no terminal")
    .addHelpText("after", EXAMPLES)
    .action(async (options: TopOptions) => {
      const client = await nodeOf(options);
      const query = { sort: SORTS[options.sort], limit: options.limit };
      const read = async (): Promise<Top> => (await client.get("/v1/top", query)) as Top;
      const draw = (top: Top): string => drawTop(top, terminalPaint);
      const isLive = process.stdout.isTTY && options.once !== true && options.json !== true;
      if (isLive) await redrawn(async () => draw(await read()));
      else show(options, await read(), draw);
    });
}
