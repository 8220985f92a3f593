import { defineProtocol } from "../../../protocols/protocol.ts";
import type { Context } from "../../../runtime/actor/context.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { pullOnce } from "./pull.ts";
import { dropAhead } from "./reading.ts";
import { newPuller } from "./puller-state.ts";
import type { PullerArgs, PullerState } from "./puller-state.ts";

/** A puller that makes no progress for so long is silent, in milliseconds: it is ended, its socket with it, and begun anew from where it was counted. */
export const PROGRESS_WITHIN_MS = 10_000;
/** The longest that it sleeps, in milliseconds: whoever counts takes one that says nothing for dead. */
const SLEEP_MAX_MS = 2_000;

/** Said by a puller to itself, and by nobody else. */
export const PullerProtocol = defineProtocol({
  name: "logPuller",
  version: 1,
  self: {
    /** Reads and counts the next batch, if it is time. */
    pull: {},
  },
});
export type PullerProtocol = typeof PullerProtocol;
export type PullerContext = Context<PullerProtocol>;

/**
 * Reads one partition of a log and has it counted, batch by batch: where it is to go on is asked of who counts, and moves with the counts. What it does itself is its sign of life, so one whose
 * source does not answer falls silent and is begun anew, while all others go on.
 */
export const Puller = defineActor({
  protocol: PullerProtocol,
  type: "log-puller",
  progressWithinMs: PROGRESS_WITHIN_MS,
  heartbeat: { everyMs: PROGRESS_WITHIN_MS },
  initialState(args: PullerArgs, context): PullerState {
    const state = newPuller(args, context.nowMs());
    // A read that hangs hears nothing of an end otherwise.
    context.signal.addEventListener("abort", () => giveUp(state), { once: true });
    context.startTimer("pull", 0, { kind: "pull" });
    return state;
  },
  handlers: {
    async pull(state, _message, context) {
      context.beat();
      if (context.nowMs() >= state.dueAtMs) {
        const next = await pullOnce(state, context);
        if (next === "leave") return context.stopSelf();
        state.dueAtMs = context.nowMs() + next;
      }
      const waitMs = Math.max(0, Math.min(SLEEP_MAX_MS, state.dueAtMs - context.nowMs()));
      context.startTimer("pull", waitMs, { kind: "pull" });
    },
  },
  afterStop(state, _context, reason) {
    giveUp(state);
    if (reason === "restarting") state.account.restarts++;
    else state.host.ledger.forget(state.account);
    state.host.budget.forget(state.account.key);
  },
  describe: ({ account, size }) => ({
    source: account.source,
    partition: account.partition,
    state: account.state,
    step: account.step,
    cursor: account.cursor,
    lagMs: Math.round(account.lagMs),
    records: account.records,
    batches: account.batches,
    unitsAtATime: size.units,
    trouble: account.trouble?.text,
  }),
});

function giveUp(state: PullerState): void {
  dropAhead(state);
  state.reading?.abort();
  state.reader.close();
}
