import type { AlertPhase } from "../../protocols/alert-rule.ts";
import type { Terms } from "./terms.ts";

/** What a block says to an alert: go on, come to an end, or neither. `unsure` leaves everything as it is. */
export type Verdict = "bad" | "between" | "good" | "unsure";

/** Where an alert stands, as far as the next block has to know. */
export interface PhaseState {
  readonly phase: AlertPhase;
  /** Whether each of the latest blocks was bad, the latest first; of those since the alert before was over. */
  readonly recent: readonly boolean[];
  /** How many blocks in a row were good while it fired. */
  readonly goodRow: number;
}

/** Where an alert stands after a block. A limit for the beginning and another for the end: between the two it goes on if it was on, and nothing more. Pure. */
export function nextPhase(state: PhaseState, verdict: Verdict, terms: Terms): PhaseState {
  if (verdict === "unsure") return state;
  const isOn = state.phase === "firing" || state.phase === "recovering";
  return isOn ? whileOn(verdict, state, terms) : whileOff(verdict, state, terms);
}

function whileOn(verdict: Verdict, state: PhaseState, { good }: Terms): PhaseState {
  if (verdict !== "good") return { phase: "firing", recent: [], goodRow: 0 };
  const goodRow = state.goodRow + 1;
  const isOver = goodRow >= good;
  return { phase: isOver ? "resolved" : "recovering", recent: [], goodRow: isOver ? 0 : goodRow };
}

function whileOff(verdict: Verdict, state: PhaseState, terms: Terms): PhaseState {
  const recent = [verdict === "bad", ...state.recent].slice(0, terms.within);
  if (badIn(recent) >= terms.bad) return { phase: "firing", recent: [], goodRow: 0 };
  return { phase: mayFireSoon(recent, terms) ? "pending" : "inactive", recent, goodRow: 0 };
}

/** Whether what was bad could still count: it would fire if the next blocks were all bad, and sooner than from nothing. */
function mayFireSoon(recent: readonly boolean[], { bad, within }: Terms): boolean {
  for (let more = 1; more < bad; more++) {
    if (badIn(recent.slice(0, within - more)) >= bad - more) return true;
  }
  return false;
}

function badIn(blocks: readonly boolean[]): number {
  return blocks.filter(Boolean).length;
}
