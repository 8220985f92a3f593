import { defineProtocol } from "../../../protocols/protocol.ts";
import { local } from "../../../protocols/reference.ts";
import type { Context, Outcome } from "../../../runtime/actor/context.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { takeBeat, takeCommits } from "./consumer-answers.ts";
import { newConsumer } from "./consumer-state.ts";
import type { ConsumerArgs, ConsumerState } from "./consumer-state.ts";
import { callWithin } from "./call-within.ts";
import { commitAll, dueCommits } from "./commits.ts";
import type { Committed } from "./commits.ts";
import { endPuller, lose } from "./holding.ts";
import { learn } from "./learn.ts";
import type { Learnt } from "./learn.ts";
import { leaseTimes } from "./lease-times.ts";
import type { BeatAnswer } from "./partition-group.ts";
import { takeLearnt } from "./take-learnt.ts";

/** How often it is looked what is due, in milliseconds. */
const LOOK_EVERY_MS = 250;
/** It says a sign of life with each look; so late may one come, in milliseconds. */
const HEARTBEAT_MS = 10_000;
/** How often the rules of the group and the parts of the source are asked for, in milliseconds, and how much later at most. */
const LEARN_EVERY_MS = 10_000;
const LEARN_SPREAD_MS = 5_000;
/** How soon again when not all of that is known, in milliseconds. */
const LEARN_AGAIN_MS = 1_000;
/** How often the group is told up to where partitions are counted, in milliseconds: others need it only when they take one over. */
const COMMIT_EVERY_MS = 3_000;
/** How long a heartbeat may take, in milliseconds. */
const BEAT_WITHIN_MS = 4_000;
/** A consumer that gets on nowhere is given at least so long, in milliseconds: longer than a read that hangs and the one after it. */
const STUCK_MIN_MS = 30_000;
/** Pullers fall silent when their sources do, for as long as those do: each time they are begun anew. */
const STALLS = { max: 10_000, withinMs: 600_000 };
const CRASHES = { max: 100, withinMs: 60_000 };

/** Said by a consumer to itself. */
export const ConsumerProtocol = defineProtocol({
  name: "logConsumer",
  version: 1,
  self: {
    /** Looks what is due. */
    look: {},
    /** What the group and the source are like, or why that is not known. */
    learnt: { outcome: local<Outcome<Learnt>>() },
    /** What the group has said to a heartbeat. */
    answered: { outcome: local<Outcome<BeatAnswer>>(), sentMs: local<number>(), losses: local<number>() },
    /** What became of checkpoints. */
    committed: { outcome: local<Outcome<readonly Committed[]>>(), losses: local<number>() },
    /** The puller of a partition has ended. */
    ended: { partition: local<string>() },
  },
});
export type ConsumerProtocol = typeof ConsumerProtocol;
export type ConsumerContext = Context<ConsumerProtocol>;

/**
 * One consumer of a group that shares a source out, with the pullers of what the group has given to this node. It says a heartbeat as long as one of them gets on, ends them before its lease is over, and gives
 * a partition back only when everything that was read of it is counted and the group has been told so.
 */
export const Consumer = defineActor({
  protocol: ConsumerProtocol,
  type: "log-consumer",
  supervision: { stallBudget: STALLS, budget: CRASHES },
  heartbeat: { everyMs: HEARTBEAT_MS },
  initialState(args: ConsumerArgs, context): ConsumerState {
    context.startTimer("look", 0, { kind: "look" });
    return newConsumer(args, context.nowMs());
  },
  handlers: {
    look(state, _message, context) {
      context.beat();
      if (state.source.claim?.() !== false) look(state, context);
      context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
    },
    learnt(state, { outcome }, context) {
      state.busy.delete("learn");
      const isKnown = takeLearnt(state, outcome, context);
      const again = isKnown ? LEARN_EVERY_MS + context.random() * LEARN_SPREAD_MS : LEARN_AGAIN_MS;
      state.learnAtMs = context.nowMs() + again;
      look(state, context);
    },
    answered(state, answer, context) {
      state.busy.delete("beat");
      takeBeat(state, answer, context);
    },
    committed(state, { outcome, losses }, context) {
      state.busy.delete("commit");
      if (!outcome.ok) throw outcome.error;
      const hasReleased = takeCommits(state, outcome.value, losses, context);
      // Whoever gets it next need not wait for the next heartbeat.
      if (hasReleased) state.beatAtMs = context.nowMs();
      look(state, context);
    },
    ended(state, { partition }, context) {
      endPuller(state, partition, context.nowMs());
      state.commitAtMs = context.nowMs();
      look(state, context);
    },
  },
  async afterStop(state, context) {
    try {
      if (state.membership.isMember) await sayGoodbye(state, context);
    } finally {
      state.source.close?.();
    }
  },
  describe: ({ group, membership, account }) => ({
    group: group.name,
    consumer: group.consumer,
    isMember: membership.isMember,
    reads: membership.all("reads"),
    stops: membership.all("stops"),
    commits: membership.all("commits"),
    trouble: account.trouble?.text,
  }),
});

/** All pullers have ended: the group is told up to where everything was counted, and gets at once what it wanted back. The rest it gives to others when the lease is over. */
async function sayGoodbye(state: ConsumerState, context: ConsumerContext): Promise<void> {
  const { membership, source, group, host } = state;
  const due = dueCommits(state);
  const done = await commitAll(state, due);
  const told = new Set(done.filter(({ answer }) => answer === "committed").map(({ partition }) => partition));
  for (const { partition } of due.filter((one) => !told.has(one.partition))) {
    context.log.warn("logs.notCommitted", { source: source.name, partition, why: "it was not in time" });
  }
  const kept = membership.all("reads");
  if (kept.length === membership.held.length) return;
  await callWithin(host.clock, BEAT_WITHIN_MS, (signal) => group.heartbeat(kept, signal));
}

/** Does what is due, in the order in which it matters. */
function look(state: ConsumerState, context: ConsumerContext): void {
  const { membership } = state;
  const nowMs = context.nowMs();
  if (membership.hasLapsed(nowMs)) {
    lose(state, `the group has not answered: ${state.account.trouble?.text ?? "silence"}`, context);
  } else if (isStuck(state, nowMs)) {
    // Only silence gives partitions away that nobody has asked for.
    state.beatAtMs = nowMs + membership.timeoutMs;
    lose(state, "none of its pullers gets on: others may do better", context);
  }
  if (nowMs >= state.learnAtMs) beginLearning(state, context);
  if (state.hasJoined && nowMs >= state.beatAtMs && membership.mayBeat) beat(state, context);
  if (membership.isMember && nowMs >= state.commitAtMs) commit(state, context);
}

function isStuck({ membership, held }: ConsumerState, nowMs: number): boolean {
  const reading = membership.all("reads");
  if (reading.length === 0) return false;
  const withinMs = Math.max(STUCK_MIN_MS, membership.timeoutMs);
  return reading.every((partition) => {
    const { provedAtMs = nowMs } = held.get(partition)?.account ?? {};
    return nowMs - provedAtMs > withinMs;
  });
}

function beginLearning(state: ConsumerState, context: ConsumerContext): void {
  if (state.busy.has("learn")) return;
  state.busy.add("learn");
  context.pipeToSelf(learn(state), (outcome) => ({ kind: "learnt", outcome }));
}

function beat(state: ConsumerState, context: ConsumerContext): void {
  const { membership, group, host } = state;
  if (state.busy.has("beat")) return;
  state.busy.add("beat");
  const sentMs = context.nowMs();
  const { held, losses } = membership;
  state.beatAtMs = sentMs + leaseTimes(membership.timeoutMs).beatEveryMs;
  const asking = callWithin(host.clock, BEAT_WITHIN_MS, (signal) => group.heartbeat(held, signal));
  context.pipeToSelf(asking, (outcome) => ({ kind: "answered", outcome, sentMs, losses }));
}

function commit(state: ConsumerState, context: ConsumerContext): void {
  if (state.busy.has("commit")) return;
  state.commitAtMs = context.nowMs() + COMMIT_EVERY_MS;
  const due = dueCommits(state);
  const { losses } = state.membership;
  state.busy.add("commit");
  context.pipeToSelf(commitAll(state, due), (outcome) => ({ kind: "committed", outcome, losses }));
}
