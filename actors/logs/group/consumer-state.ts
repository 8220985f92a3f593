import type { PullerAccount, PullerTrouble } from "../puller/puller-account.ts";
import type { PullerHost } from "../puller/puller-state.ts";
import type { Source } from "../source.ts";
import type { SourceAccount } from "../source-account.ts";
import { Membership } from "./membership.ts";
import type { PartitionGroup } from "./partition-group.ts";

/** What a consumer is started with. */
export interface ConsumerArgs {
  readonly source: Source;
  readonly group: PartitionGroup;
  readonly host: PullerHost;
}

/** What a consumer knows of a partition that it holds. */
export interface Held {
  readonly account: PullerAccount;
  /** Up to where the group has been told that it is counted. */
  committed: string | undefined;
  /** Whether it has been told so since nothing comes of it any more. */
  isToldOver: boolean;
  /** Since when only its checkpoint is missing. */
  endedMs: number | undefined;
}

/** What is said to a group: what it is like, that one lives, up to where one has counted. */
export type Talk = "learn" | "beat" | "commit";

/** What a consumer knows in one of its lives. */
export interface ConsumerState extends ConsumerArgs {
  readonly membership: Membership;
  readonly account: SourceAccount;
  readonly held: Map<string, Held>;
  /** Whether the rules of the group are known, and so how long a lease is. */
  hasJoined: boolean;
  /** When the rules of the group and the parts of the source are asked for again. */
  learnAtMs: number;
  beatAtMs: number;
  commitAtMs: number;
  /** What is under way: each of them at most once. */
  readonly busy: Set<Talk>;
  /** What the last of each has failed of, if it has. */
  readonly troubles: Map<Talk, PullerTrouble>;
  /** Up to where it was counted what was held when the group was gone, or knew nothing of this node any more. */
  readonly seeds: Map<string, string>;
  /** Since when a group that is there does not take one of them. */
  unseededSinceMs: number | undefined;
}

/** Before the first word to the group its rules are not known; nothing is held until then. */
const TIMEOUT_UNKNOWN_MS = 60_000;

/** A consumer that has not said anything yet. */
export function newConsumer(args: ConsumerArgs, nowMs: number): ConsumerState {
  return {
    ...args,
    membership: new Membership(TIMEOUT_UNKNOWN_MS),
    account: args.host.ledger.source(args.source.name),
    held: new Map(),
    hasJoined: false,
    learnAtMs: nowMs,
    beatAtMs: nowMs,
    commitAtMs: nowMs,
    busy: new Set(),
    troubles: new Map(),
    seeds: new Map(),
    unseededSinceMs: undefined,
  };
}
