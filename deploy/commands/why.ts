import type { Command } from "commander";
import { drawWhy } from "../drawings/why-drawing.ts";
import type { Why } from "../drawings/why-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan why`: what went wrong with an actor. */
export function whyCommand(): Command {
  return opsCommand("why", "say what went wrong with an actor")
    .description(
      "Says what went wrong with an actor: its last failures and stalls, strikes, messages that were put aside or " +
        "lost, and how many failures are still forgiven.",
    )
    .argument("<path>", "the actor, such as /rooms/chat/lobby")
    .action(async (path: string, options: OpsOptions) => {
      const client = await nodeOf(options);
      const why = (await client.get("/v1/why", { path })) as Why;
      show(options, why, (answer) => drawWhy(answer, terminalPaint));
    });
}
