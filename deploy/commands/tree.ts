import { Command } from "commander";
import { styleText } from "node:util";
import { FILTER_WORDS } from "../../actors/ops/tree-filter.ts";
import type { TreeNode } from "../../runtime/kernel/tree-node.ts";
import { opsClientOf } from "../ops-client.ts";
import type { OpsClient } from "../ops-client.ts";
import { drawTree } from "../tree-drawing.ts";
import type { Paint } from "../tree-drawing.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const WATCH_EVERY_MS = 1_000;
/** Leaves what was scrolled away, clears the screen and goes to its top. */
const CLEAR_SCREEN = "\u001b[2J\u001b[H";

const EXAMPLES = `
Examples:
  banyan tree                             the tree of the running node
  banyan tree /rooms --depth 1            only the rooms
  banyan tree --filter "restarts>0"       who was restarted, and on which branch
  banyan tree --filter "type=room,mailbox>10" --watch

A filter is one or more of FIELD OPERATOR VALUE, with commas between; all must hold.
  fields:    ${FILTER_WORDS.fields.join(" ")}
  operators: ${FILTER_WORDS.operators.join(" ")}   (~ is "contains")`;

interface TreeOptions {
  readonly depth?: string;
  readonly filter?: string;
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
    .argument("[path]", "where to begin, such as /rooms", "/")
    .option("--depth <levels>", "how many levels of children to show")
    .option(
      "--filter <conditions>",
      "show only the actors for which this holds, and those on the way to them",
    )
    .option("--watch", "draw it again every second, until Ctrl-C")
    .option("--json", "print what the node answers instead of drawing it")
    .option("--url <url>", "the operators' port of the node (default: the node of the data directory)")
    .addHelpText("after", EXAMPLES);
  return addSettingsOptions(command, []).action(async (path: string, options: TreeOptions) => {
    const client = opsClientOf(await settingsOf({ ...options }), options.url);
    const query = queryOf(path, options);
    if (options.watch === true) await watch(client, query);
    else print(await readTree(client, query), options.json === true);
  });
}

function queryOf(path: string, { depth, filter }: TreeOptions): string {
  const query = new URLSearchParams({ path });
  if (depth !== undefined) query.set("depth", depth);
  if (filter !== undefined) query.set("filter", filter);
  return query.toString();
}

async function readTree(client: OpsClient, query: string): Promise<TreeNode> {
  return (await client.get(`/v1/tree?${query}`)) as TreeNode;
}

function print(tree: TreeNode, asJson: boolean): void {
  console.log(asJson ? JSON.stringify(tree, null, 2) : draw(tree));
}

function draw(tree: TreeNode): string {
  return drawTree(tree, terminalPaint);
}

async function watch(client: OpsClient, query: string): Promise<never> {
  const lead = process.stdout.isTTY ? CLEAR_SCREEN : "\n";
  for (;;) {
    const tree = await readTree(client, query);
    console.log(`${lead}${draw(tree)}\n\n${new Date().toLocaleTimeString()}, every second until Ctrl-C`);
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
  }
}

const terminalPaint: Paint = (style, text) => {
  if (!process.stdout.isTTY || process.env["NO_COLOR"] !== undefined) return text;
  const format = { dim: "dim", warn: "yellow", alarm: "red" } as const;
  return styleText(format[style], text);
};
