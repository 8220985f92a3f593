import { StatsStreamsProtocol } from "../../protocols/stats-streams.ts";
import type { StatsFollower } from "../../protocols/stats-streams.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import type { NodeStatus } from "../../runtime/feature.ts";
import type { RouteResponse } from "../../runtime/net/route.ts";
import type { StatsAnswer } from "./stats-answer.ts";
import { revisionOf } from "./stats-revision.ts";
import { askStats } from "./ask-stats.ts";
import type { StatsSource } from "./ask-stats.ts";

/** How often it is looked what has changed, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** Followers at once. */
const FOLLOWERS_MAX = 50;

/** What it is started with. */
export interface StatsStreamsArgs {
  readonly source: StatsSource;
  readonly status: () => NodeStatus;
}

interface Following {
  before: StatsAnswer | undefined;
  isAsking: boolean;
}

interface StatsStreamsState extends StatsStreamsArgs {
  readonly followers: Map<StatsFollower, Following>;
}

type StreamsContext = Context<StatsStreamsProtocol>;

/** Asks the questions of all followers once a second, and tells each what has changed. */
export const StatsStreams = defineActor({
  protocol: StatsStreamsProtocol,
  type: "stats-streams",
  essential: true,
  initialState: (args: StatsStreamsArgs): StatsStreamsState => ({ ...args, followers: new Map() }),
  handlers: {
    follow({ followers }, { follower }, context) {
      if (followers.size >= FOLLOWERS_MAX) {
        return context.reply({ kind: "refused", text: `${FOLLOWERS_MAX} streams are open already` });
      }
      followers.set(follower, { before: undefined, isAsking: false });
      context.reply({ kind: "following" });
      context.startTimer("look", 0, { kind: "look" });
    },
    look(state, _message, context) {
      for (const [follower, following] of state.followers) look(state, { follower, following }, context);
      if (state.followers.size > 0) context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
    },
    answered({ followers }, { follower, answer }) {
      const following = followers.get(follower);
      if (following === undefined) return;
      following.isAsking = false;
      const { status, body, headers } = answer as RouteResponse;
      // Whoever cannot be answered just now is told when it can.
      if (status !== 200) return;
      const now = JSON.parse(body as string) as StatsAnswer;
      const revision = revisionOf(following.before, now);
      following.before = now;
      if (revision !== undefined && !follower.isOver()) follower.send(headers?.["etag"] ?? "", revision);
    },
  },
  afterStop({ followers }) {
    for (const follower of followers.keys()) follower.end();
  },
  describe: ({ followers }) => ({ followers: followers.size }),
});

interface Looked {
  readonly follower: StatsFollower;
  readonly following: Following;
}

function look(
  { followers, source, status }: StatsStreamsState,
  { follower, following }: Looked,
  context: StreamsContext,
): void {
  if (follower.isOver() || status() === "draining") {
    follower.end();
    followers.delete(follower);
    return;
  }
  if (following.isAsking) return;
  following.isAsking = true;
  context.pipeToSelf(askStats(source, follower.query, context), (outcome) => ({
    kind: "answered",
    follower,
    answer: outcome.ok ? outcome.value : { status: 500 },
  }));
}
