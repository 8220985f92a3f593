import { StatsStreamsProtocol } from "../../protocols/stats-streams.ts";
import type { StatsFollower } from "../../protocols/stats-streams.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import type { NodeStatus } from "../../runtime/feature.ts";
import { answerOf } from "./ask-stats.ts";
import type { StatsSource } from "./ask-stats.ts";
import { encodeAnswer, revisionEvent } from "./encode-answer.ts";
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
  /** Those who were told the last answer. */
  readonly followers: Set<StatsFollower>;
  /** Those who have been told nothing yet. */
  readonly newcomers: Set<StatsFollower>;
  answer: StatsAnswer | undefined;
  isAsking: boolean;
}

interface StatsStreamsState extends StatsStreamsArgs {
  readonly questions: Map<string, Followed>;
}

type StreamsContext = Context<StatsStreamsProtocol>;

/** An answer, written once for all who follow it. */
interface Written {
  readonly answer: StatsAnswer;
  /** Made only when somebody is new. */
  readonly whole: () => Uint8Array;
  /** What has changed; undefined when nothing has. */
  readonly revision: Uint8Array | undefined;
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
        followers: new Set(),
        newcomers: new Set(),
        answer: undefined,
        isAsking: false,
      };
      questions.set(text, followed);
      followed.newcomers.add(follower);
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
      if (answer !== undefined) tellAll(followed, answer as Written);
    },
  },
  afterStop({ questions }) {
    for (const followed of questions.values()) for (const follower of everyone(followed)) follower.end();
  },
  describe: ({ questions }) => ({ questions: questions.size, followers: followersOf(questions) }),
});

function followersOf(questions: StatsStreamsState["questions"]): number {
  let count = 0;
  for (const { followers, newcomers } of questions.values()) count += followers.size + newcomers.size;
  return count;
}

function everyone({ followers, newcomers }: Followed): readonly StatsFollower[] {
  return [...followers, ...newcomers];
}

interface Looked {
  readonly text: string;
  readonly followed: Followed;
}

function look(state: StatsStreamsState, { text, followed }: Looked, context: StreamsContext): void {
  const { questions, source, status } = state;
  for (const follower of everyone(followed)) {
    if (!follower.isOver() && status() !== "draining") continue;
    follower.end();
    followed.followers.delete(follower);
    followed.newcomers.delete(follower);
  }
  const isLeft = everyone(followed).length === 0;
  if (isLeft) questions.delete(text);
  if (isLeft || followed.isAsking) return;
  followed.isAsking = true;
  context.pipeToSelf(ask(source, followed, context), (outcome) => ({
    kind: "answered",
    question: text,
    answer: outcome.ok ? outcome.value : undefined,
  }));
}

async function ask(
  source: StatsSource,
  { query, answer: before }: Followed,
  context: StreamsContext,
): Promise<Written | undefined> {
  const answer = await answerOf(source, query, context);
  if ("status" in answer) return undefined;
  const encoded = await encodeAnswer(answer);
  const changed = before === undefined ? undefined : revisionOf(before, answer);
  const revision = changed === undefined ? undefined : (await encodeAnswer(changed)).body;
  return {
    answer,
    whole: () => revisionEvent(encoded),
    revision: revision === undefined ? undefined : revisionEvent({ ...encoded, body: revision }),
  };
}

/** Whoever is new is told the whole, all others what has changed. */
function tellAll(followed: Followed, { answer, whole, revision }: Written): void {
  const { followers, newcomers } = followed;
  if (revision !== undefined) send(followers, revision);
  if (newcomers.size > 0) send(newcomers, whole());
  followed.answer = answer;
  for (const follower of newcomers) followers.add(follower);
  newcomers.clear();
}

function send(followers: Iterable<StatsFollower>, bytes: Uint8Array): void {
  for (const follower of followers) if (!follower.isOver()) follower.send(bytes);
}
