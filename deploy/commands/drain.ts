import type { Command } from "commander";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

const NOTES = `
The order goes through the table of the cluster, so that any node takes it for any other, also for one that does not answer just now.
A drained node stays until it is stopped; it takes something again only after a restart. "banyan nodes" shows how far it is.`;

/** `banyan drain NODE`: has a node of the cluster hand over everything, whichever node is asked. */
export function drainCommand(): Command {
  return opsCommand("drain", "have a node of the cluster hand over everything it has")
    .description(
      "Has a node send its clients away and hand over its entities; it takes nothing more, and its process stays.",
    )
    .argument("<node>", "its name, or its incarnation where two processes have that name")
    .addHelpText("after", NOTES)
    .action(async (node: string, options: OpsOptions) => {
      const client = await nodeOf(options);
      const acted = (await client.post("/v1/nodes/act", { act: "drain", node })) as { readonly text: string };
      show(options, acted, ({ text }) => text);
    });
}
