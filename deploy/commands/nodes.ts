import type { Command } from "commander";
import { drawNodes } from "../drawings/nodes-drawing.ts";
import type { Nodes } from "../drawings/nodes-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

interface NodesOptions extends OpsOptions {
  readonly dead?: boolean;
}

/** `banyan nodes`: the nodes of the cluster, as any of them knows them. */
export function nodesCommand(): Command {
  return opsCommand(
    "nodes",
    "show the nodes of the cluster: state, roles, lease, entities, where they are reached",
  )
    .description(
      "Shows the nodes of the cluster as the running node knows them, and what each says of itself. One that does not answer is shown as silent.",
    )
    .option("--dead", "also those that have ended within the last hour")
    .action(async (options: NodesOptions) => {
      const client = await nodeOf(options);
      const nodes = (await client.get("/v1/nodes")) as Nodes;
      show(options, nodes, (answer) => drawNodes(answer, options.dead === true, terminalPaint));
    });
}
