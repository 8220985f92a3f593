import { StatsStreamsProtocol } from "../../protocols/stats-streams.ts";
import type { StatsFollower } from "../../protocols/stats-streams.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import type { NodeStatus } from "../../runtime/feature.ts";
import { answerOf } from "./ask-stats.ts";
import type { StatsSource } from "./ask-stats.ts";
import { encodeAnswer } from "./encode-answer.ts";
import type { StatsAnswer } from "./stats-answer.ts";
import { revisionOf } from "./stats-revision.ts";

/** How often it is looked what has changed, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** Followers at once. */
const FOLLOWERS_MAX = 50;

/** What it is started with. */
export interface StatsStreamsArgs {
  readonly source: StatsSource;
  readonly status: () => NodeStatus;
}

/** A question that is followed, by all who follow it. */
interface Followed {
  readonly query: URLSearchParams;
  /** With what each was told last. */
  readonly followers: Map<StatsFollower, StatsAnswer | undefined>;
  isAsking: boolean;
}

interface StatsStreamsState extends StatsStreamsArgs {
  readonly questions: Map<string, Followed>;
}

type StreamsContext = Context<StatsStreamsProtocol>;

/** An answer with its name. */
interface Named {
  readonly answer: StatsAnswer;
  readonly etag: string;
}

/** Asks each question that somebody follows once a second, and tells all who follow it what has changed. */
export const StatsStreams = defineActor({
  protocol: StatsStreamsProtocol,
  type: "stats-streams",
  essential: true,
  initialState: (args: StatsStreamsArgs): StatsStreamsState => ({ ...args, questions: new Map() }),
  handlers: {
    follow({ questions }, { follower }, context) {
      if (followersOf(questions) >= FOLLOWERS_MAX) {
        return context.reply({ kind: "refused", text: `${FOLLOWERS_MAX} streams are open already` });
      }
      const text = follower.query.toString();
      const followed = questions.get(text) ?? {
        query: follower.query,
        followers: new Map(),
        isAsking: false,
      };
      questions.set(text, followed);
      followed.followers.set(follower, undefined);
      context.reply({ kind: "following" });
      context.startTimer("look", 0, { kind: "look" });
    },
    look(state, _message, context) {
      for (const [text, followed] of state.questions) look(state, { text, followed }, context);
      if (state.questions.size > 0) context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
    },
    answered({ questions }, { question, answer }) {
      const followed = questions.get(question);
      if (followed === undefined) return;
      followed.isAsking = false;
      // Whoever cannot be answered just now is told when it can.
      if (answer !== undefined) tellAll(followed, answer as Named);
    },
  },
  afterStop({ questions }) {
    for (const { followers } of questions.values()) for (const follower of followers.keys()) follower.end();
  },
  describe: ({ questions }) => ({ questions: questions.size, followers: followersOf(questions) }),
});

function followersOf(questions: StatsStreamsState["questions"]): number {
  let count = 0;
  for (const { followers } of questions.values()) count += followers.size;
  return count;
}

interface Looked {
  readonly text: string;
  readonly followed: Followed;
}

function look(state: StatsStreamsState, { text, followed }: Looked, context: StreamsContext): void {
  const { questions, source, status } = state;
  for (const follower of followed.followers.keys()) {
    if (!follower.isOver() && status() !== "draining") continue;
    follower.end();
    followed.followers.delete(follower);
  }
  if (followed.followers.size === 0) questions.delete(text);
  if (followed.followers.size === 0 || followed.isAsking) return;
  followed.isAsking = true;
  context.pipeToSelf(ask(source, followed.query, context), (outcome) => ({
    kind: "answered",
    question: text,
    answer: outcome.ok ? outcome.value : undefined,
  }));
}

async function ask(
  source: StatsSource,
  query: URLSearchParams,
  context: StreamsContext,
): Promise<Named | undefined> {
  const answer = await answerOf(source, query, context);
  if ("status" in answer) return undefined;
  const { etag } = await encodeAnswer(answer);
  return { answer, etag };
}

/** Those who were told the same are told the same again. */
function tellAll({ followers }: Followed, { answer, etag }: Named): void {
  const revisions = new Map<StatsAnswer | undefined, StatsAnswer | undefined>();
  for (const [follower, before] of followers) {
    if (!revisions.has(before)) revisions.set(before, revisionOf(before, answer));
    const revision = revisions.get(before);
    followers.set(follower, answer);
    if (revision !== undefined && !follower.isOver()) follower.send(etag, revision);
  }
}
