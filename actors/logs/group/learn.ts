import { callWithin } from "./call-within.ts";
import type { ConsumerState } from "./consumer-state.ts";
import type { GroupRules } from "./partition-group.ts";

/** How long each step of it may take, in milliseconds. */
const STEP_WITHIN_MS = 5_000;

/** What is known of a group and of the source that it shares out. */
export interface Learnt {
  readonly rules: GroupRules;
  /** How many parts the source has. */
  readonly partitions: number;
  /** Up to where the group was told that partitions are counted. */
  readonly seeded: ReadonlyMap<string, string>;
}

/** Asks for the rules of the group, which is made if need be, and for the parts of the source. A group that was made again, by whomever, is told first up to where everything was counted. Rejects with PullFailure. */
export async function learn({ group, source, host, seeds }: ConsumerState): Promise<Learnt> {
  const within = <T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    callWithin(host.clock, STEP_WITHIN_MS, call);
  const rules = await within((signal) => group.join(signal));
  const seeded = new Map(seeds);
  // When one fails all are told again: those that are known already are left as they are.
  for (const [partition, cursor] of seeded) {
    await within((signal) => group.seed(partition, cursor, signal));
  }
  const partitions = await within((signal) => source.partitions(signal));
  return { rules, partitions: partitions.length, seeded };
}
