import type { Outcome } from "../../../runtime/actor/context.ts";
import type { PullFailure } from "../source.ts";
import type { ConsumerContext } from "./consumer.ts";
import type { ConsumerState } from "./consumer-state.ts";
import { showStanding } from "./holding.ts";
import type { Learnt } from "./learn.ts";
import { noteTalk } from "./note-talk.ts";

/** What a group that was made again does not take for so long is not told to it any more, in milliseconds. */
const SEED_FOR_MS = 10_000;

/** What the group and the source are like, or why that is not known. Answers whether everything is. */
export function takeLearnt(
  state: ConsumerState,
  outcome: Outcome<Learnt>,
  context: ConsumerContext,
): boolean {
  const { source, group, membership, account } = state;
  const failure = outcome.ok ? outcome.value.failure : outcome.error;
  noteTalk(state, "learn", failure, context);
  if (!outcome.ok) {
    // Nothing was told to the group, so it has refused nothing.
    state.unseededSinceMs = undefined;
    return false;
  }
  const { rules, partitions } = outcome.value;
  if (rules.wasMade) {
    const told = state.seeds.size;
    context.log.warn("logs.groupMade", { source: source.name, group: group.name, told });
  }
  membership.timeoutMs = rules.timeoutMs;
  takeSeeds(state, outcome.value, context);
  account.partitions = partitions ?? account.partitions;
  // What was lost while this was asked for is told first.
  state.hasJoined = state.seeds.size === 0 && account.partitions !== undefined;
  showStanding(state);
  return state.hasJoined && failure === undefined;
}

/** What the group was told need not be told again; what it has not taken for too long is given up, for everything else waits for it. */
function takeSeeds(state: ConsumerState, { seeded, failure }: Learnt, context: ConsumerContext): void {
  const { seeds } = state;
  for (const [partition, cursor] of seeded) if (seeds.get(partition) === cursor) seeds.delete(partition);
  if (failure === undefined || seeds.size === 0) {
    state.unseededSinceMs = undefined;
    return;
  }
  state.unseededSinceMs ??= context.nowMs();
  if (context.nowMs() - state.unseededSinceMs < SEED_FOR_MS) askOthersFirst(seeds);
  else giveUp(state, failure, context);
}

/** The one that was not taken has its next turn after the others. */
function askOthersFirst(seeds: Map<string, string>): void {
  for (const [partition, cursor] of [...seeds].slice(0, 1)) {
    seeds.delete(partition);
    seeds.set(partition, cursor);
  }
}

function giveUp(state: ConsumerState, { message: why }: PullFailure, context: ConsumerContext): void {
  const { seeds, source } = state;
  for (const partition of seeds.keys()) {
    context.log.warn("logs.notCommitted", { source: source.name, partition, why });
  }
  seeds.clear();
  state.unseededSinceMs = undefined;
}
