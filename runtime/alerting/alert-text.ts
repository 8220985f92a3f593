import type { Judgement, Mover } from "../../protocols/alert-rule.ts";
import type { AlertCondition, AlertRule } from "../../protocols/alert-settings.ts";
import { endOfBlock } from "./alert-state.ts";
import { termsOf } from "./terms.ts";

const DIGITS = 4;
const MOVERS_TOLD = 3;

/** What is known of an alert that fires. */
export interface FiringAlert {
  readonly rule: AlertRule;
  /** The latest bad block. */
  readonly latestBad: Judgement | undefined;
  readonly badSinceBlock: number | undefined;
  readonly movers: readonly Mover[];
}

/** What is wrong, in a sentence. Pure. */
export function alertSummary({ rule, latestBad, movers }: FiringAlert): string {
  const most = movers.slice(0, MOVERS_TOLD).map(moverText);
  const why = most.length === 0 ? "" : `; most of what changed: ${most.join(", ")}`;
  return `${rule.name}: ${subjectOf(rule)} ${predicateOf(rule, latestBad)}${why}`;
}

/** The facts behind it, for whoever is told. Pure. */
export function alertDetails({
  rule,
  latestBad: latest,
  badSinceBlock,
  movers,
}: FiringAlert): Record<string, unknown> {
  const terms = termsOf(rule);
  return {
    rule: rule.name,
    ...(latest?.value === undefined ? {} : { value: rounded(latest.value) }),
    ...(latest === undefined ? {} : { records: latest.volume }),
    ...(latest?.low === undefined ? {} : { expected: expectedText(latest) }),
    ...(badSinceBlock === undefined
      ? {}
      : { badSince: new Date(endOfBlock(badSinceBlock - 1)).toISOString() }),
    terms: `${terms.bad} of ${terms.within} blocks of 180 s, over after ${terms.good} good ones`,
    ...(movers.length === 0 ? {} : { changed: movers.map(moverText).join(", ") }),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
  };
}

/** What a rule looks at, in words. Pure. */
export function subjectOf(rule: AlertRule): string {
  const { metric, where, measure, quantile, of } = rule;
  const name = measure === "quantile" ? `quantile ${quantile ?? 0.5}` : measure;
  const own = `${name} of ${metric}${whereText(where)}`;
  if (of === undefined) return own;
  return `${own} divided by that of ${of.metric ?? metric}${whereText(of.where)}`;
}

function predicateOf(rule: AlertRule, latest: Judgement | undefined): string {
  if (latest === undefined) return "is as it should be again";
  if (rule.kind === "absence") return "is nothing";
  const { value } = latest;
  if (value === undefined) return "cannot be told: nothing was counted";
  if (rule.kind === "baseline" && latest.low !== undefined) {
    return `is ${rounded(value)} in a block, ${expectedText(latest)} is expected`;
  }
  return `is ${rounded(value)}${limitText(rule)}`;
}

function limitText({ fireAbove, fireBelow }: AlertRule): string {
  const limits = [
    ...(fireAbove === undefined ? [] : [`more than ${fireAbove} is bad`]),
    ...(fireBelow === undefined ? [] : [`less than ${fireBelow} is bad`]),
  ];
  return limits.length === 0 ? "" : `, ${limits.join(", ")}`;
}

function expectedText({ low = 0, high = 0 }: Judgement): string {
  return `${rounded(low)} to ${rounded(high)}`;
}

function whereText(where: readonly AlertCondition[]): string {
  const parts = where.flatMap(({ dimension, is, isNot, startsWith }) => [
    ...(is === undefined ? [] : [`${dimension} ${is.join(" or ")}`]),
    ...(isNot === undefined ? [] : [`${dimension} not ${isNot.join(" nor ")}`]),
    ...(startsWith === undefined ? [] : [`${dimension} ${startsWith.join("… or ")}…`]),
  ]);
  return parts.length === 0 ? "" : ` with ${parts.join(", ")}`;
}

function moverText({ dimension, value, share, before, now }: Mover): string {
  const percent = Math.round(share * 100);
  return `${dimension} ${value} ${percent} % (${rounded(before)} to ${rounded(now)} a block)`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
