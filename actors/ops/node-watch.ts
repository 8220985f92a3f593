import { NodeWatchProtocol } from "../../protocols/node-watch.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { isClient } from "../../runtime/cluster/client-role.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import type { KnownMember } from "../../runtime/membership/member-view.ts";

/** How often the members are looked at, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** A node that ended so recently may have been the one on which this watch was before, in milliseconds. */
const NEWS_MS = 60_000;
/** Ends and lost nodes that are remembered, of each so many; the one of longest ago is forgotten. */
const REMEMBERED_MAX = 200;

/** What it is started with. */
export interface NodeWatchArgs {
  readonly cluster: Pick<ClusterSight, "members">;
}

interface NodeWatchState extends NodeWatchArgs {
  /** Ends that were told, or that are old: by incarnation. */
  readonly told: Set<string>;
  /** Names of nodes that are lost and not back. */
  readonly lost: Set<string>;
}

/**
 * Tells once for the whole cluster, and not once for each node, that a node was lost without a word, and that it is back: the log, and with it the alarms, of the one node on
 * which it is.
 */
export const NodeWatch = defineActor({
  protocol: NodeWatchProtocol,
  type: "node-watch",
  heartbeat: { everyMs: LOOK_EVERY_MS, grace: 10 },
  initialState({ cluster }: NodeWatchArgs, context): NodeWatchState {
    context.startTimer("look", 0, { kind: "look" });
    return { cluster, told: new Set(), lost: new Set() };
  },
  handlers: {
    async look(state, _message, context) {
      context.beat();
      context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
      // Between two lives of this node there is nothing to be seen.
      const leased = await state.cluster.members().catch(() => []);
      const members = leased.map(({ member }) => member).filter((member) => !isClient(member));
      for (const member of members) noteEnd(state, member, context);
      for (const { node, state: standing } of members) {
        if (standing === "up" && state.lost.delete(node)) context.log.info("cluster.nodeBack", { node });
      }
    },
  },
  describe: ({ lost }) => ({ lost: [...lost] }),
});

function noteEnd(
  { told, lost }: NodeWatchState,
  { node, incarnation, state, ended }: KnownMember,
  context: Context<typeof NodeWatchProtocol>,
): void {
  if (state !== "dead" || told.has(incarnation)) return;
  remember(told, incarnation);
  const isNews = context.wallMs() - (ended?.atMs ?? Number.POSITIVE_INFINITY) < NEWS_MS;
  if (ended === undefined || ended.cause === "left" || !isNews) return;
  remember(lost, node);
  context.log.error("cluster.nodeLost", { node, incarnation, cause: ended.cause });
}

/** Names of nodes need not come back: those of containers never do. */
function remember(names: Set<string>, name: string): void {
  names.delete(name);
  names.add(name);
  const [oldest] = names;
  if (names.size > REMEMBERED_MAX && oldest !== undefined) names.delete(oldest);
}
