import type { CountPartialProtocol, PartitionState } from "../../protocols/partial.ts";
import type { DecideContext } from "../../runtime/actor/decision.ts";
import { FUTURE_MS, LATE_MS } from "../../runtime/counting/batch-time.ts";
import { whenCaughtUp } from "../../runtime/counting/watermark.ts";
import { isOfServices } from "./count-event.ts";
import { given } from "./given.ts";
import type { CountPartialArgs } from "./partial-effects.ts";
import type { PartialState } from "./partial-state.ts";
import { UNHEARD } from "./standings.ts";
import type { Standing } from "./standings.ts";

/** Nothing was counted of a source that is in no settings any more for so long: nobody waits for it, in milliseconds. */
const GIVEN_UP_MS = 900_000;
/** A name under which no service has told anything for so long has ended, in milliseconds: what was told before is too late by then, whenever it is told again, so that no id of it has to be known. */
const NAME_KEPT_MS = LATE_MS + FUTURE_MS;

/** In which a decision about counts is made. */
type Deciding = DecideContext<CountPartialProtocol, CountPartialArgs>;

/** How a partition stands, as it is answered. Pure. */
export function standing(state: PartialState, context: Deciding) {
  const said = saidOf(context);
  const isOver = isEnded(state, said) || isUnread(state, said) || hasFallenSilent(state, context);
  return {
    state: isOver ? ("gone" as const) : said.state,
    ...given({ watermarkMs: passed(state, context), lagMs: said.lagMs }),
  };
}

/** Up to where everything has been counted, but for what comes late; undefined as long as nothing is known. Pure. */
export function passed({ watermarkMs }: PartialState, context: Deciding): number | undefined {
  const { state, atMs } = saidOf(context);
  return whenCaughtUp(watermarkMs, state === "caughtUp" ? atMs : undefined);
}

/** What the word of a reader changes for good: nothing will come any more, or it is read again. One that cannot be read may well have ended. Pure. */
export function turned(
  { isGone }: PartialState,
  said: PartitionState,
): { readonly kind: "ended" | "resumed" }[] {
  if (said === "gone") return isGone ? [] : [{ kind: "ended" }];
  return isGone && said !== "stalled" ? [{ kind: "resumed" }] : [];
}

/** Whoever looks at counts to which nobody adds any more finds that they have ended. Pure. */
export function endedBySilence(state: PartialState, context: Deciding): { readonly kind: "ended" }[] {
  return !state.isGone && hasFallenSilent(state, context) ? [{ kind: "ended" }] : [];
}

/** Whether whoever counts it has spoken lately. Pure. */
export function isHeard(context: Deciding): boolean {
  return saidOf(context) !== UNHEARD;
}

/** What is known of how it stands. Services have no reader that could be behind. */
function saidOf(context: Deciding): Standing {
  if (isOfServices(context.id)) return { state: "caughtUp", atMs: context.wallMs() };
  return context.args.standings.of(context.id, context.nowMs());
}

/** Nothing will come any more; a reader that is heard of again knows better: a shard that was given away may come back. */
function isEnded({ isGone }: PartialState, said: Standing): boolean {
  return isGone && (said === UNHEARD || said.state === "gone");
}

/** Of which nothing was ever counted, and nothing is heard: its source was taken out of the settings before it had anything. Nobody waits for it until it is heard of again. */
function isUnread({ batches, watermarkMs }: PartialState, said: Standing): boolean {
  return batches === 0 && watermarkMs === undefined && said === UNHEARD;
}

/** Its source was taken out of the settings, or nobody goes by its name any more, and for a while nothing was counted. */
function hasFallenSilent({ watermarkMs = 0 }: PartialState, context: Deciding): boolean {
  const quietMs = context.wallMs() - watermarkMs;
  if (isOfServices(context.id)) return quietMs > NAME_KEPT_MS;
  const source = context.id.slice(0, context.id.indexOf("/"));
  return quietMs > GIVEN_UP_MS && saidOf(context) === UNHEARD && !context.args.isRead(source);
}
