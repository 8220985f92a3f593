import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { RestartHistory } from "../supervision/restart-budget.ts";
import type { FailureCause } from "../supervision/restart-policy.ts";
import type { Deadline } from "../time/deadlines.ts";
import type { FailureRecord } from "./failure-record.ts";
import type { Lane } from "./lane.ts";
import type { NamedTimer } from "./named-timer.ts";
import type { Refit } from "./refit.ts";
import type { StallWatch } from "./stall-watch.ts";
import type { Watched, Watcher } from "./watch.ts";

/** The restarts that still count, by what made them necessary. */
export type RestartHistories = Readonly<Record<FailureCause, RestartHistory>>;

/** Nothing has failed yet. */
const NO_FAILURES: readonly FailureRecord[] = [];

/** Nothing was restarted of late. */
export const NO_HISTORY: RestartHistories = { crash: [], stall: [] };

/** The latest sign of life that an actor gave by itself. */
export interface LastBeat {
  readonly atMs: number;
  readonly note: string | undefined;
}

/** A message in whose turn its actor has stalled, and how often. */
export interface Strikes {
  readonly message: TaggedMessage;
  readonly count: number;
}

/** What only few actors need at a time, so that the others do not pay for its fields. */
export class CellExtras {
  /** What the actor said to itself and has not handled yet. */
  control: Lane | undefined = undefined;
  timers: Map<string, NamedTimer> | undefined = undefined;
  /** Who is told of this actor's stop, and in which words. */
  watchers: Map<Watcher, TaggedMessage> | undefined = undefined;
  /** Whose stop this actor waits for. */
  watching: Set<Watched> | undefined = undefined;
  stash: Lane | undefined = undefined;
  abort: AbortController | undefined = undefined;
  /** The latest failures, newest first. */
  failures: readonly FailureRecord[] = NO_FAILURES;
  /** This actor's own restarts that still count, under one-for-one. */
  history: RestartHistories = NO_HISTORY;
  /** The restarts of its children that still count, under the other strategies. */
  childrenHistory: RestartHistories = NO_HISTORY;
  /** How long the back-off before the next life is; undefined when it begins at once. */
  restartDelayMs: number | undefined = undefined;
  /** Called once when the next life has begun, or when there will be none. */
  whenBegun: (() => void) | undefined = undefined;
  /** Who keeps it from taking turns: bits of `HOLD`. */
  holds = 0;
  /** What was changed about its definition while it runs. */
  refit: Refit | undefined = undefined;
  /** When the open turn began, if its promise is awaited. */
  busySinceMs = 0;
  /** Ends the open turn when it makes no progress. */
  turnWatch: StallWatch | undefined = undefined;
  /** Ends the life when its heartbeat duty is not met. */
  dutyWatch: StallWatch | undefined = undefined;
  /** Ends the life when what it has begun outside of its turns makes no progress. */
  workWatch: StallWatch | undefined = undefined;
  /** The user lane is shut: mail of others waits, what the actor ordered itself does not. */
  isShut = false;
  lastBeat: LastBeat | undefined = undefined;
  strikes: Strikes | undefined = undefined;
  stalls = 0;
  /** What limits the current step of an end, or wakes it for the next life. */
  pending: Deadline | undefined = undefined;
  /** Whether the definition's `settle` has been called in this life. */
  hasSettled = false;
  /** Whether `afterStop` is under way. */
  isReleasing = false;
}
