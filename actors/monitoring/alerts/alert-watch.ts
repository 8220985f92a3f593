import type { AlarmsProtocol } from "../../../protocols/alarms.ts";
import { AlertWatchProtocol } from "../../../protocols/alert-watch.ts";
import type { SelfMessage } from "../../../protocols/protocol.ts";
import type { Reference } from "../../../protocols/reference.ts";
import type { Context } from "../../../runtime/actor/context.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { endOfBlock } from "../../../runtime/alerting/alert-state.ts";
import { passOverFault } from "../../../runtime/fault.ts";
import { BlockJudge } from "./judge-blocks.ts";
import type { AlertSource } from "./judge-blocks.ts";
import { tellAlarms } from "./tell-alarms.ts";
import { alarmKeyOf } from "./wanted-alarms.ts";

/** How often it is looked whether blocks have passed, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** When blocks of so long ago are not judged, somebody has to look, in milliseconds. */
const HELD_AFTER_MS = 900_000;
/** How many partitions are named that rules wait for. */
const HELD_BY_TOLD = 5;

/** What it is started with. */
export interface AlertWatchArgs {
  readonly source: AlertSource;
  /** Where people are told; undefined as long as nobody tells them. */
  readonly alarms: () => Reference<AlarmsProtocol> | undefined;
}

interface AlertWatchState extends AlertWatchArgs {
  readonly judge: BlockJudge;
  /** Until when everything was judged, by the clock here; since the start, before the first time. */
  wentOnMs: number;
  isHeld: boolean;
}

type WatchContext = Context<AlertWatchProtocol>;

/**
 * Has all rules judge each block once it has passed, and the alarms say what came of it. The cluster has one. It stores nothing: what was judged, and who was told, the
 * alerts know.
 */
export const AlertWatch = defineActor({
  protocol: AlertWatchProtocol,
  type: "alert-watch",
  heartbeat: { everyMs: LOOK_EVERY_MS, grace: 30 },
  initialState(args: AlertWatchArgs, context): AlertWatchState {
    context.startTimer("look", 0, { kind: "look" });
    return { ...args, judge: new BlockJudge(args.source), wentOnMs: context.wallMs(), isHeld: false };
  },
  handlers: {
    look(state, _message, context) {
      context.beat();
      context.pipeToSelf(lookOnce(state, context), (outcome) => ({
        kind: "looked",
        ...(outcome.ok ? outcome.value : { error: outcome.error }),
      }));
    },
    looked(state, { heldSinceMs, heldBy = [], error }, context) {
      context.beat();
      context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
      if (error === undefined) state.wentOnMs = heldSinceMs ?? context.wallMs();
      else passOverFault(error);
      noteHeld(state, error?.message ?? waitText(heldBy), context);
    },
  },
  afterStop({ source, alarms }, context) {
    const told = alarms();
    // Another node goes on with them, and nothing is over.
    if (told === undefined) return;
    for (const { name } of source.settings.rules) context.tell(told, { kind: "drop", key: alarmKeyOf(name) });
  },
  describe: ({ source, wentOnMs, isHeld }) => ({
    rules: source.settings.rules.length,
    judgedUpTo: new Date(wentOnMs).toISOString(),
    isHeld,
  }),
});

type LookOutcome = Omit<SelfMessage<AlertWatchProtocol, "looked">, "kind">;

/** Answers since when some rule stands still, if one does, and what failed. */
async function lookOnce({ judge, alarms }: AlertWatchState, context: WatchContext): Promise<LookOutcome> {
  const looked = await judge.look(context);
  const { seen, heldBy, error } = looked;
  const told = alarms();
  if (told !== undefined) await tellAlarms(looked, { alarms: told, alertOf: judge.alertOf }, context);
  if (error !== undefined) return { error };
  const ends = seen.flatMap(({ standing: { next } }) => (next === undefined ? [] : [endOfBlock(next)]));
  const first = Math.min(...ends);
  return first < context.wallMs() ? { heldSinceMs: first, heldBy: [...heldBy] } : {};
}

function waitText(partitions: readonly string[]): string {
  const more = partitions.length - HELD_BY_TOLD;
  const names = partitions.slice(0, HELD_BY_TOLD).join(", ");
  return `rules wait for ${names}${more > 0 ? ` and ${more} more` : ""}: behind, or nothing is heard of it`;
}

function noteHeld(state: AlertWatchState, why: string, context: WatchContext): void {
  const { wentOnMs, isHeld } = state;
  state.isHeld = context.wallMs() - wentOnMs > HELD_AFTER_MS;
  if (state.isHeld === isHeld) return;
  if (state.isHeld) context.log.error("alert.held", { since: new Date(wentOnMs).toISOString(), why });
  else context.log.info("alert.wentOn", {});
}
