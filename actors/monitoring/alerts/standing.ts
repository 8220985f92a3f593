import type { AlertRuleProtocol } from "../../../protocols/alert-rule.ts";
import type { Reply } from "../../../protocols/protocol.ts";
import type { AlertState } from "../../../runtime/alerting/alert-state.ts";
import { given } from "../given.ts";

/** How an alert stands. */
export type Standing = Omit<Reply<AlertRuleProtocol, "look">, "kind">;

/** How an alert stands, as it is told: nothing of it changes later. Pure. */
export function standingOf(state: AlertState): Standing {
  const {
    next,
    sinceBlock,
    badSinceBlock,
    latest,
    latestBad,
    acknowledged,
    silencedUntilMs,
    toldAtMs,
    movers,
  } = state;
  return {
    phase: state.phase.phase,
    ...given({ next, sinceBlock, badSinceBlock, latest, latestBad, acknowledged, silencedUntilMs, toldAtMs }),
    ...(movers === undefined ? {} : { movers: [...movers] }),
  };
}
