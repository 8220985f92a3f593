import { Command } from "commander";
import { FILTER_WORDS } from "../../actors/ops/tree-filter.ts";
import type { BoundedTree } from "../../runtime/kernel/bounded-tree.ts";
import { opsClientOf } from "../ops-client.ts";
import type { OpsClient, Query } from "../ops-client.ts";
import { redrawn, terminalPaint } from "../terminal.ts";
import { drawTree } from "../tree-drawing.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const EXAMPLES = `
Examples:
  banyan tree                             the tree of the running node
  banyan tree /rooms --depth 1            only the rooms
  banyan tree --node oak-2                another node of the cluster
  banyan tree --filter "restarts>0"       who was restarted, and on which branch
  banyan tree --filter "type=room,mailbox>10" --watch

A filter is one or more of FIELD OPERATOR VALUE, with commas between; all must hold.
  fields:    ${FILTER_WORDS.fields.join(" ")}
  operators: ${FILTER_WORDS.operators.join(" ")}   (~ is "contains")`;

interface TreeOptions {
  readonly depth?: string;
  readonly filter?: string;
  readonly node?: string;
  readonly watch?: boolean;
  readonly url?: string;
  readonly json?: boolean;
}

/** `banyan tree`: the supervisor tree of a running node, drawn. */
export function treeCommand(): Command {
  const command = new Command("tree")
    .summary("draw the supervisor tree of a running node")
    .description(
      "Draws the supervisor tree of a running node: who hangs under whom, in which state, and what waits.",
    )
    .argument("[path]", "where to begin, such as /rooms; all nodes of a cluster unless given")
    .option("--node <node>", "the tree of this node of the cluster")
    .option("--depth <levels>", "how many levels of children to show")
    .option(
      "--filter <conditions>",
      "show only the actors for which this holds, and those on the way to them",
    )
    .option("--watch", "draw it again every second, until Ctrl-C")
    .option("--json", "print what the node answers instead of drawing it")
    .option("--url <url>", "the operators' port of the node (default: the node of the data directory)")
    .addHelpText("after", EXAMPLES);
  return addSettingsOptions(command, []).action(async (path: string | undefined, options: TreeOptions) => {
    const client = opsClientOf(await settingsOf({ ...options }), options.url);
    const query = { path, depth: options.depth, filter: options.filter, node: options.node };
    if (options.watch === true) await redrawn(async () => draw(await readTree(client, query)));
    else print(await readTree(client, query), options.json === true);
  });
}

async function readTree(client: OpsClient, query: Query): Promise<BoundedTree> {
  return (await client.get("/v1/tree", query)) as BoundedTree;
}

function print(tree: BoundedTree, asJson: boolean): void {
  console.log(asJson ? JSON.stringify(tree, null, 2) : draw(tree));
}

function draw(tree: BoundedTree): string {
  return drawTree(tree, terminalPaint);
}
