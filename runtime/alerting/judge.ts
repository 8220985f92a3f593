import type { AlertPhase, AlertSense, BlockFact, Judgement } from "../../protocols/alert-rule.ts";
import type { AlertRule } from "../../protocols/alert-settings.ts";
import { BLOCK_MS } from "../counting/cells.ts";
import { endOfBlock, isOn, noteChange } from "./alert-state.ts";
import type { AlertState } from "./alert-state.ts";
import { bandOf, edgesOf } from "./band.ts";
import type { Band } from "./band.ts";
import { nextPhase } from "./next-phase.ts";
import type { Season } from "./season.ts";
import { senseOf, verdictOf } from "./sense.ts";
import { termsOf } from "./terms.ts";

/** After so many blocks what is unusual becomes usual: a baseline learns from it again. A day. */
export const LEARN_AGAIN_BLOCKS = 480;

/** What a rule makes of a block, where the alert stands before it. Changes nothing. Pure. */
export function judge(rule: AlertRule, state: AlertState, fact: BlockFact, season: Season): Judgement {
  const terms = termsOf(rule);
  const band = rule.kind === "baseline" ? bandOf(state.memory, fact.block, season) : undefined;
  const isMuted = isSoonAfter(state.deployedMs, fact.block, terms.muteMs);
  const sense = isMuted ? "muted" : senseOf(rule, fact, band);
  const after = nextPhase(state.phase, verdictOf(sense, rule), terms);
  return {
    ...fact,
    sense,
    phase: after.phase,
    recent: [...after.recent],
    goodRow: after.goodRow,
    ...bandFields(rule, band),
    ...(isLearnt(rule, state, fact, { sense, phase: after.phase }) ? { isLearnt: true } : {}),
  };
}

/** Has a judgement become a part of the state: a replay of the judgements gives the same one. */
export function apply(state: AlertState, judgement: Judgement): void {
  const { block, phase, recent, goodRow, value } = judgement;
  const before = state.phase.phase;
  noteTurn(state, judgement, before);
  if (phase !== before) state.sinceBlock = block;
  if (phase === "inactive" || phase === "resolved") forgetAlert(state);
  else noteAlert(state, judgement, before);
  if (judgement.isLearnt === true && value !== undefined) state.memory.note(block, value);
  state.phase = { phase, recent, goodRow };
  state.latest = judgement;
  state.next = block + 1;
}

function noteAlert(state: AlertState, judgement: Judgement, before: AlertPhase): void {
  const { block, phase, sense } = judgement;
  state.badSinceBlock ??= block;
  if (phase === "firing" && !isOn(before)) state.firedBlock = block;
  // While nothing is counted it goes on for what was wrong before, unless that is what is wrong.
  const isWrongItself = sense === "none" && phase === "firing" && state.latestBad === undefined;
  if (sense === "bad" || isWrongItself) state.latestBad = judgement;
}

/** What is said of an alert ends with it; not that people know of it, before they are told of the end. */
function forgetAlert(state: AlertState): void {
  state.badSinceBlock = undefined;
  state.acknowledged = undefined;
  state.firedBlock = undefined;
  state.movers = undefined;
  state.latestBad = undefined;
}

function noteTurn(state: AlertState, { block, phase, value, sense }: Judgement, before: AlertPhase): void {
  const isNews = phase !== before && !(phase === "inactive" && before === "resolved");
  const atMs = endOfBlock(block);
  const seen = value === undefined ? {} : { value };
  if (isNews) noteChange(state, { atMs, became: phase, ...seen });
  const isFirstGap = sense === "none" && state.latest?.sense !== "none";
  if (isFirstGap) noteChange(state, { atMs, became: "noData" });
}

function bandFields(rule: AlertRule, band: Band | undefined): Pick<Judgement, "low" | "high"> {
  return band === undefined ? {} : edgesOf(band, rule.deviations);
}

function isSoonAfter(deployedMs: readonly number[], block: number, muteMs: number): boolean {
  return deployedMs.some(
    (atMs) => muteMs > 0 && atMs < endOfBlock(block) && block * BLOCK_MS < atMs + muteMs,
  );
}

/** Periods that were alerts, and what is bad, are left out of what is held to be usual. */
function isLearnt(
  { kind }: AlertRule,
  { firedBlock }: AlertState,
  { block, value }: BlockFact,
  { sense, phase }: { readonly sense: AlertSense; readonly phase: AlertPhase },
): boolean {
  if (kind !== "baseline" || value === undefined || sense === "muted") return false;
  const isUsualByNow = firedBlock !== undefined && block - firedBlock >= LEARN_AGAIN_BLOCKS;
  return isUsualByNow || (sense !== "bad" && !isOn(phase));
}
