import { NodeWatchProtocol } from "../../protocols/node-watch.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { isClient } from "../../runtime/cluster/client-role.ts";
import type { ClusterSight } from "../../runtime/feature.ts";
import type { KnownMember } from "../../runtime/membership/member-view.ts";

/** How often the members are looked at, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** What has happened so recently the watch may not have told that was before this one, perhaps on that very node, in milliseconds. */
const NEWS_MS = 60_000;
/** Ends and lost nodes that are remembered, of each so many; the one of longest ago is forgotten. */
const REMEMBERED_MAX = 200;

/** What it is started with. */
export interface NodeWatchArgs {
  readonly cluster: Pick<ClusterSight, "members">;
}

type WatchContext = Context<typeof NodeWatchProtocol>;

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
      const up = new Map(members.filter(isUp).map((member) => [member.node, member]));
      for (const member of members) noteEnd(state, { member, next: up.get(member.node) }, context);
      for (const node of up.keys()) {
        if (state.lost.delete(node)) context.log.info("cluster.nodeBack", { node });
      }
    },
  },
  describe: ({ lost }) => ({ lost: [...lost] }),
});

const isUp = ({ state }: KnownMember): boolean => state === "up";

/** An end, and who serves under that name now. */
interface End {
  readonly member: KnownMember;
  readonly next: KnownMember | undefined;
}

function noteEnd({ told, lost }: NodeWatchState, { member, next }: End, context: WatchContext): void {
  const { node, incarnation, state, ended } = member;
  if (state !== "dead" || told.has(incarnation)) return;
  remember(told, incarnation);
  if (ended === undefined || ended.cause === "left") return;
  const isNews = isRecent(ended.atMs, context);
  // It was told by the watch before this one, and so was its return, unless that is as recent as this watch.
  if (!isNews && next !== undefined && !isRecent(next.joinedAtMs, context)) return;
  remember(lost, node);
  if (isNews) context.log.error("cluster.nodeLost", { node, incarnation, cause: ended.cause });
}

function isRecent(atMs: number | undefined, context: WatchContext): boolean {
  return atMs !== undefined && context.wallMs() - atMs < NEWS_MS;
}

/** Names of nodes need not come back: those of containers never do. */
function remember(names: Set<string>, name: string): void {
  names.delete(name);
  names.add(name);
  const [oldest] = names;
  if (names.size > REMEMBERED_MAX && oldest !== undefined) names.delete(oldest);
}
