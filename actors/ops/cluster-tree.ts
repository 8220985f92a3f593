import { isClient } from "../../runtime/cluster/client-role.ts";
import type { BoundedTree } from "../../runtime/kernel/bounded-tree.ts";
import type { KnownMember } from "../../runtime/membership/member-view.ts";
import { farLook } from "./far-looks.ts";
import type { FarParts } from "./far-looks.ts";

/** A tree of which some trunks stand elsewhere; where nobody answers, the state is `silent`. */
export type WideTree = Omit<BoundedTree, "state" | "children"> & {
  readonly state: string;
  readonly children?: readonly WideTree[];
};

const NO_BUDGET = { left: 0, max: 0, withinMs: 0 };

/** The trees of all living nodes as one: each is a trunk of it. One that does not answer in its time is shown, and holds up nobody. */
export async function clusterTree(
  parts: FarParts,
  target: string,
  own: () => BoundedTree,
): Promise<WideTree> {
  const members = (await parts.cluster.members())
    .map(({ member }) => member)
    .filter((member) => member.state !== "dead" && !isClient(member))
    .toSorted((one, other) => one.node.localeCompare(other.node) || one.joinedAtMs - other.joinedAtMs);
  const trunks = await Promise.all(
    members.map(async (member) => {
      const isSelf = member.incarnation === parts.cluster.incarnation;
      return trunkOf(member, isSelf ? own() : await askedTree(parts, member, target));
    }),
  );
  const isCut = trunks.some(({ truncated }) => truncated === true);
  return {
    ...bare("cluster", "cluster", "running"),
    ...(isCut ? { truncated: true } : {}),
    childCount: trunks.length,
    children: trunks,
  };
}

async function askedTree(parts: FarParts, member: KnownMember, target: string): Promise<WideTree> {
  const seen = await farLook(parts, member.incarnation, target);
  if (seen.kind === "seen" && seen.response.status === 200) return seen.response.body as WideTree;
  const why = seen.kind === "silent" ? seen.why : "it runs another version";
  return { ...bare(member.node, "root", "silent"), details: { why } };
}

/** Named by its node, with what the table says of it. */
function trunkOf({ node, incarnation, state, roles, capacity }: KnownMember, tree: WideTree): WideTree {
  const details = { incarnation, member: state, roles, capacity, ...tree.details };
  return { ...tree, name: node, details };
}

function bare(name: string, type: string, state: string): WideTree {
  return {
    name,
    path: "/",
    type,
    state,
    incarnation: 0,
    mailbox: { depth: 0, oldestAgeMs: 0 },
    handled: 0,
    failed: 0,
    refused: 0,
    restarts: 0,
    restart: "permanent",
    supervision: { strategy: "oneForOne" },
    budgets: { crash: NO_BUDGET, stall: NO_BUDGET },
    pulse: { stalls: 0 },
    uptimeMs: 0,
    childCount: 0,
  };
}
