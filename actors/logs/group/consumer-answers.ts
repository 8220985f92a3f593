import type { Outcome } from "../../../runtime/actor/context.ts";
import { PullFailure } from "../source.ts";
import { dueCommits } from "./commits.ts";
import type { Committed } from "./commits.ts";
import type { ConsumerContext } from "./consumer.ts";
import type { ConsumerState } from "./consumer-state.ts";
import { drop, lose, showStanding, startPullers, stopPullers } from "./holding.ts";
import { noteTalk } from "./note-talk.ts";
import type { BeatAnswer } from "./partition-group.ts";

/** A partition whose checkpoint cannot be told for so long is given back without it, in milliseconds. */
const COMMIT_FOR_MS = 10_000;

const EXPELLED = "the group has given everything to others: this node was not heard of for too long";
const NO_GROUP = "the group was deleted";

interface Answered {
  readonly outcome: Outcome<BeatAnswer>;
  readonly sentMs: number;
  readonly losses: number;
}

/** What the group has said to a heartbeat: what is new is read, and what is not ours any more is ended. */
export function takeBeat(
  state: ConsumerState,
  { outcome, sentMs, losses }: Answered,
  context: ConsumerContext,
): void {
  const { membership } = state;
  noteTalk(state, "beat", outcome.ok ? undefined : outcome.error, context);
  if (!outcome.ok) return;
  if (losses !== membership.losses) return;
  const answer = outcome.value;
  if (answer.kind !== "holds") return leaveGroup(state, answer.kind, context);
  const { start, stop } = membership.answered(answer.partitions, sentMs, losses);
  startPullers(state, start, context);
  stopPullers(stop, context);
  showStanding(state);
}

/** What became of checkpoints. Answers whether a partition was given back. */
export function takeCommits(
  state: ConsumerState,
  done: readonly Committed[],
  losses: number,
  context: ConsumerContext,
): boolean {
  if (losses !== state.membership.losses) return false;
  const failed = done.find(({ answer }) => answer instanceof PullFailure)?.answer;
  noteTalk(state, "commit", failed instanceof PullFailure ? failed : undefined, context);
  for (const one of done) takeCommit(state, one, context);
  return release(state, context);
}

function takeCommit(
  state: ConsumerState,
  { partition, cursor, isOver, answer }: Committed,
  context: ConsumerContext,
): void {
  const { membership, held } = state;
  const known = held.get(partition);
  if (answer instanceof PullFailure) return;
  if (answer === "expelled" || answer === "noGroup") return leaveGroup(state, answer, context);
  if (known === undefined || (answer === "unread" && membership.hold(partition) === "reads")) return;
  known.committed = cursor;
  known.isToldOver = isOver;
  if (answer === "notHolder" && membership.taken(partition)) stopPullers([partition], context);
}

/** Gives back what has nothing left to be told, or could not be told for too long; answers whether somebody waits for it. Who counts is told nothing: until another one counts, time blocks wait for it. */
function release(state: ConsumerState, context: ConsumerContext): boolean {
  const { membership, held, source } = state;
  const due = new Set(dueCommits(state).map(({ partition }) => partition));
  let hasReleased = false;
  for (const partition of membership.all("commits")) {
    const { account, endedMs = context.nowMs() } = held.get(partition) ?? {};
    const isTold = !due.has(partition);
    if (!isTold && context.nowMs() - endedMs < COMMIT_FOR_MS) continue;
    if (!isTold) {
      const why = state.account.trouble?.text ?? "the group did not answer";
      context.log.warn("logs.notCommitted", { source: source.name, partition, why });
    }
    drop(state, partition);
    // Nobody waits for what is over; and should it be given again, there is no hurry either.
    if (account?.state !== "gone") hasReleased = true;
  }
  showStanding(state);
  return hasReleased;
}

function leaveGroup(state: ConsumerState, kind: "expelled" | "noGroup", context: ConsumerContext): void {
  const { membership, held, seeds } = state;
  // With empty hands it is taken in again at once.
  state.beatAtMs = context.nowMs();
  // Also who is not known any more may be so because somebody else has made the group again.
  for (const [partition, { account }] of held) {
    if (account.cursor !== undefined) seeds.set(partition, account.cursor);
  }
  if (kind === "noGroup" || seeds.size > 0) {
    // It is made again, and told of that, before anything else is said to it.
    state.hasJoined = false;
    state.learnAtMs = context.nowMs();
  }
  if (membership.isMember) lose(state, kind === "noGroup" ? NO_GROUP : EXPELLED, context);
}
