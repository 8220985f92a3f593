import type { Command } from "commander";
import type { WhereFields } from "../../protocols/ops-nodes.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

type Where = BodyOf<typeof WhereFields>;

/** `banyan where TYPE/ID`: which node has an entity, or would get it. */
export function whereCommand(): Command {
  return opsCommand("where", "show which node has an entity, or would get it")
    .description("Shows which node of the cluster has an entity, or would get it with the next message.")
    .argument("<entity>", "type and id, the id percent-encoded, such as live-room/final")
    .action(async (entity: string, options: OpsOptions) => {
      const client = await nodeOf(options);
      const where = (await client.get("/v1/where", { entity })) as Where;
      show(options, where, wordsOf);
    });
}

function wordsOf({ entity, standing, owner, belongsTo }: Where): string {
  if (standing === "alone") return `${entity} is here: this node stands alone`;
  if (owner !== undefined) {
    const { node, incarnation, ownerEpoch, state = "not known any more" } = owner;
    return `${entity} is at ${node} (${incarnation}, ${state}), epoch ${ownerEpoch}`;
  }
  if (belongsTo === undefined) return `${entity} is nowhere, and no node takes such entities`;
  return `${entity} is not in memory; its next message brings it to ${belongsTo.node} (${belongsTo.incarnation})`;
}
