import type { Command } from "commander";
import type { RegistryFields, SingletonsFields } from "../../protocols/ops-singletons.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "../drawings/columns.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

type Singletons = BodyOf<typeof SingletonsFields>;
type Registry = BodyOf<typeof RegistryFields>;

/** `banyan singletons`: the actors of which the cluster has one each, and where they are. */
export function singletonsCommand(): Command {
  return opsCommand("singletons", "show the actors of which the cluster has one each, and where they are")
    .description(
      "Shows the actors of which the cluster has one each, the node that has each, and its fencing number.",
    )
    .action(async (options: OpsOptions) => {
      const client = await nodeOf(options);
      show(options, (await client.get("/v1/singletons")) as Singletons, drawSingletons);
    });
}

/** `banyan registry`: who is registered under a key. */
export function registryCommand(): Command {
  return opsCommand("registry", "show which actors of the cluster are registered under a key")
    .description(
      "Shows which actors are registered under a key in the whole cluster; without a key, what the running node has registered.",
    )
    .argument("[key]", "the key, such as gateways")
    .action(async (key: string | undefined, options: OpsOptions) => {
      const client = await nodeOf(options);
      const registry = (await client.get("/v1/registry", key === undefined ? {} : { key })) as Registry;
      show(options, registry, drawRegistry);
    });
}

function drawSingletons({ singletons }: Singletons): string {
  if (singletons.length === 0) return "There are none.";
  const rows = singletons.map(({ address, standing, node, incarnation, ownerEpoch }) => ({
    cells: [
      address,
      standing,
      node ?? "-",
      ownerEpoch === undefined ? "-" : String(ownerEpoch),
      incarnation ?? "-",
    ],
    style: standing === "running" ? ("plain" as const) : ("warn" as const),
  }));
  const headings = ["singleton", "standing", "node", "epoch", "incarnation"];
  return drawTable({ headings, numbers: ["epoch"], rows }, terminalPaint);
}

function drawRegistry({ keys }: Registry): string {
  const lines = keys.flatMap(({ key, members }) => [
    `${key}: ${members.length === 0 ? "nobody" : members.length}`,
    ...members.map((member) => `  ${member}`),
  ]);
  return lines.length === 0 ? "Nothing is registered here." : lines.join("\n");
}
