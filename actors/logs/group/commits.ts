import { PullFailure } from "../source.ts";
import { callWithin } from "./call-within.ts";
import type { ConsumerState } from "./consumer-state.ts";
import type { CommitAnswer } from "./partition-group.ts";

/** How long one checkpoint may take, in milliseconds. */
const COMMIT_WITHIN_MS = 3_000;

/** What became of a checkpoint. */
export interface Committed {
  readonly partition: string;
  readonly cursor: string;
  readonly isOver: boolean;
  readonly answer: CommitAnswer | PullFailure;
}

/** A checkpoint that the group has not been told of. */
export interface Due {
  readonly partition: string;
  readonly cursor: string;
  /** Whether nothing comes behind it any more. */
  readonly isOver: boolean;
}

/** The checkpoints that the group is behind with, those first whose partitions are to be given back. Where a cursor is counted, its counts are stored: so the group never knows of more than is counted. */
export function dueCommits({ held, membership }: ConsumerState): Due[] {
  const rank = (partition: string): number => (membership.hold(partition) === "commits" ? 0 : 1);
  return [...held]
    .flatMap(([partition, { account, committed, isToldOver }]): Due[] => {
      const { cursor } = account;
      // The group takes a partition for over only when it is told of its end after a split or merge.
      const isOver = account.state === "gone";
      const isTold = cursor === committed && (isToldOver || !isOver);
      return cursor === undefined || isTold ? [] : [{ partition, cursor, isOver }];
    })
    .toSorted((one, other) => rank(one.partition) - rank(other.partition));
}

/** Tells the group of checkpoints, one after the other. What fails is told as what became of it. */
export async function commitAll(state: ConsumerState, due: readonly Due[]): Promise<Committed[]> {
  const done: Committed[] = [];
  for (const one of due) {
    const answer = await commitOne(state, one);
    done.push({ ...one, answer });
    // Others would fail the same way, and each takes its time.
    if (answer instanceof PullFailure || answer === "expelled" || answer === "noGroup") break;
  }
  return done;
}

async function commitOne(
  { group, host }: ConsumerState,
  { partition, cursor }: Due,
): Promise<Committed["answer"]> {
  try {
    return await callWithin(host.clock, COMMIT_WITHIN_MS, (signal) =>
      group.commit(partition, cursor, signal),
    );
  } catch (error) {
    if (error instanceof PullFailure) return error;
    throw error;
  }
}
