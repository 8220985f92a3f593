import type { CountBookProtocol } from "../../protocols/count-book.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { countedParts } from "./counted-parts.ts";
import type { SourceAccount } from "./source-account.ts";
import { Puller } from "./puller/puller.ts";
import type { PullerHost } from "./puller/puller-state.ts";
import { PullFailure } from "./source.ts";
import type { Partition, Source } from "./source.ts";

/** How often it is looked whether all pullers are there, in milliseconds: a node that has died leaves its own to others. */
const LOOK_EVERY_MS = 1_000;
/** How often a source is asked which parts it has, in milliseconds, and how much later at most. */
const LIST_EVERY_MS = 10_000;
const LIST_SPREAD_MS = 5_000;
/** How long a source may take to say that, in milliseconds. */
const LIST_WITHIN_MS = 8_000;
/** Pullers fall silent when their sources do, for as long as those do: each time they are begun anew. */
const STALLS = { max: 10_000, withinMs: 600_000 };
const CRASHES = { max: 100, withinMs: 60_000 };

/** Said by the supervisor of a source to itself. */
const LogSourceProtocol = defineProtocol({
  name: "logSource",
  version: 1,
  self: {
    /** Looks which parts the source has, and whether they are read. */
    look: {},
  },
});
type LogSourceProtocol = typeof LogSourceProtocol;

/** Where the pullers of a cluster are kept: each at the node to which it belongs. */
export interface PulledElsewhere {
  /** Has the puller of a partition run, if it belongs to this node. */
  keep(id: string): boolean;
}

/** What the supervisor of one source is started with. */
export interface LogSourceArgs {
  readonly source: Source;
  readonly host: PullerHost;
  /** Where the pullers of a source are that any node can read. */
  readonly places: PulledElsewhere;
  /** Knows of which parts there are counts. */
  readonly book: Reference<CountBookProtocol>;
  /** Whether an operator has taken this node out of its cluster: the others go on without it. */
  readonly isTakenOut: () => boolean;
}

interface LogSourceState extends LogSourceArgs {
  known: readonly Partition[];
  /** Whether it was looked what has ended while no node was there. */
  isCompared: boolean;
  /** When it is asked for its parts again. */
  listAtMs: number;
  readonly account: SourceAccount;
}

/** Above the pullers of one source: one for each of its parts, begun when a part appears and ended when it is gone. */
export const LogSource = defineActor({
  protocol: LogSourceProtocol,
  type: "log-source",
  supervision: { stallBudget: STALLS, budget: CRASHES },
  heartbeat: { everyMs: LIST_EVERY_MS },
  progressWithinMs: LIST_WITHIN_MS + LOOK_EVERY_MS,
  initialState(args: LogSourceArgs, context): LogSourceState {
    context.startTimer("look", 0, { kind: "look" });
    const account = args.host.ledger.source(args.source.name);
    // What one node alone can read is missed by no other.
    const isCompared = args.source.place === "here";
    return { ...args, known: [], isCompared, listAtMs: context.nowMs(), account };
  },
  handlers: {
    async look(state, _message, context) {
      context.beat();
      await look(state, context);
      context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
    },
  },
  afterStop(state, context, reason) {
    const { source, known, isTakenOut } = state;
    // What this node alone can read is gone with it; a shard is read by another one.
    const isLost = reason === "stopping" && source.place === "here" && isTakenOut();
    if (isLost) tellGone(state, idsOf(known), context);
    source.close?.();
  },
  describe: ({ source, known, account }) => ({
    place: source.place,
    partitions: known.map(({ id }) => id),
    trouble: account.trouble?.text,
  }),
});

async function look(state: LogSourceState, context: Context<LogSourceProtocol>): Promise<void> {
  const { source, places } = state;
  if (source.claim?.() === false) return;
  if (context.nowMs() >= state.listAtMs) await list(state, context);
  if (source.place === "here") return keepHere(state, context);
  for (const { id } of state.known) places.keep(`${source.name}/${id}`);
}

async function list(state: LogSourceState, context: Context<LogSourceProtocol>): Promise<void> {
  const { source, host, account } = state;
  const cancel = new AbortController();
  const stop = host.clock.after(LIST_WITHIN_MS, () => cancel.abort());
  try {
    // Before the source is: of what begins meanwhile there may be counts, and it is in no list yet.
    const counted = state.isCompared ? [] : await countedParts(source.name, state.book, context);
    context.beat();
    const before = [...idsOf(state.known), ...(counted ?? [])];
    state.known = await source.partitions(cancel.signal);
    state.isCompared ||= counted !== undefined;
    const now = new Set(idsOf(state.known));
    tellGone(
      state,
      before.filter((id) => !now.has(id)),
      context,
    );
    account.partitions = state.known.length;
    account.trouble = undefined;
  } catch (error) {
    if (!(error instanceof PullFailure)) throw error;
    const { code, message } = error;
    if (account.trouble === undefined) {
      context.log.error("logs.unlisted", { source: source.name, code, why: message });
    }
    account.trouble = { atMs: context.wallMs(), code, text: message };
  } finally {
    stop();
    state.listAtMs = context.nowMs() + LIST_EVERY_MS + context.random() * LIST_SPREAD_MS;
  }
}

/** What a source has no more, such as a shard that has expired, will never have anything: nobody is to wait for it. */
function tellGone(
  { source, host }: LogSourceState,
  parts: readonly string[],
  context: Pick<Context<LogSourceProtocol>, "tell">,
): void {
  for (const id of parts) {
    context.tell(host.partialOf(source.name, id), { kind: "standing", state: "gone" });
  }
}

function idsOf(partitions: readonly Partition[]): readonly string[] {
  return partitions.map(({ id }) => id);
}

function keepHere({ source, host, known }: LogSourceState, context: Context<LogSourceProtocol>): void {
  const running = context.children();
  for (const { id } of known) {
    if (!running.has(id)) context.spawn(Puller, id, { host, source, partition: id });
  }
  for (const [id, puller] of running) {
    if (!known.some((partition) => partition.id === id)) context.stopChild(puller);
  }
}
