import { Command, InvalidArgumentError } from "commander";
import { drawQuarantine } from "../drawings/stalls-drawing.ts";
import type { Quarantined } from "../drawings/stalls-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan quarantine`: the messages that were put aside, and what becomes of them. */
export function quarantineCommand(): Command {
  const command = new Command("quarantine")
    .summary("list, replay or drop messages that were put aside")
    .description(
      "Lists the messages that stalled their actor again and again; replays or drops one of them.",
    );
  command.addCommand(listCommand(), { isDefault: true });
  command.addCommand(actCommand("replay", "send a message to its actor once more"));
  return command.addCommand(actCommand("drop", "give a message up"));
}

function listCommand(): Command {
  return opsCommand("list", "list them (the default)").action(async (options: OpsOptions) => {
    const client = await nodeOf(options);
    const quarantined = (await client.get("/v1/quarantine")) as Quarantined;
    show(options, quarantined, (answer) => drawQuarantine(answer, terminalPaint));
  });
}

function actCommand(act: "replay" | "drop", summary: string): Command {
  return opsCommand(act, summary)
    .argument("<id>", "the message, as the list shows it", whole)
    .action(async (id: number, options: OpsOptions) => {
      const client = await nodeOf(options);
      const answer = (await client.post("/v1/quarantine", { id, act })) as { readonly became: string };
      show(options, answer, ({ became }) => `message ${id}: ${became}`);
    });
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("the number of a message is expected");
}
