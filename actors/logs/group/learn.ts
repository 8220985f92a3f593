import { PullFailure } from "../source.ts";
import { callWithin } from "./call-within.ts";
import type { ConsumerState } from "./consumer-state.ts";
import type { GroupRules } from "./partition-group.ts";

/** How long each step of it may take, in milliseconds. */
const STEP_WITHIN_MS = 5_000;

/** What is known of a group and of the source that it shares out, as far as it could be found out. */
export interface Learnt {
  readonly rules: GroupRules;
  /** Up to where the group was told that partitions are counted. */
  readonly seeded: ReadonlyMap<string, string>;
  /** How many parts the source has. */
  readonly partitions: number | undefined;
  /** What has failed since the group is known, if anything has: there the rest was left. */
  readonly failure: PullFailure | undefined;
}

/**
 * Asks for the rules of the group, which is made if need be, and for the parts of the source. A group that was made again, by whomever, is told first up to where everything was counted. Rejects with
 * PullFailure while the group itself is not known; what fails later does not hide what was found before it.
 */
export async function learn({ group, source, host, seeds }: ConsumerState): Promise<Learnt> {
  const within = <T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    callWithin(host.clock, STEP_WITHIN_MS, call);
  const rules = await within((signal) => group.join(signal));
  const seeded = new Map<string, string>();
  try {
    for (const [partition, cursor] of new Map(seeds)) {
      await within((signal) => group.seed(partition, cursor, signal));
      seeded.set(partition, cursor);
    }
    const { length } = await within((signal) => source.partitions(signal));
    return { rules, seeded, partitions: length, failure: undefined };
  } catch (failure) {
    if (!(failure instanceof PullFailure)) throw failure;
    return { rules, seeded, partitions: undefined, failure };
  }
}
