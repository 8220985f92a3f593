import type { AlertRule, AlertSettings } from "../../protocols/alert-settings.ts";
import type { AlertExpectation, AlertTest } from "../../protocols/alert-tests.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { newAlertState, stateOf } from "../../runtime/alerting/alert-state.ts";
import { BlockSums } from "../../runtime/alerting/block-sums.ts";
import type { Wanted } from "../../runtime/alerting/block-sums.ts";
import { divisorOf, factOf } from "../../runtime/alerting/facts.ts";
import type { RuleSums } from "../../runtime/alerting/facts.ts";
import { apply, judge } from "../../runtime/alerting/judge.ts";
import { Season } from "../../runtime/alerting/season.ts";
import { BLOCK_MS, blockOf } from "../../runtime/counting/cells.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import { LocalDays } from "../../runtime/counting/local-day.ts";
import { repeated, UnfitTest } from "./repeated.ts";
import { blocksIn, countsOfSeries } from "./test-counts.ts";

/** The rules that are tested, and the metrics that they look at. */
export interface TestedRules {
  readonly alerts: AlertSettings;
  readonly metrics: readonly MetricDefinition[];
}

/** Lets a test happen; answers what came out otherwise than expected. Pure. @throws UnfitTest */
export function runAlertTest(test: AlertTest, tested: TestedRules): readonly string[] {
  const from = blockOf(timeOf(test.from));
  const length = Math.max(blocksIn(test.series), repeated(test.complete ?? "1").length);
  const counts = countsOfSeries(test.series, tested.metrics, from);
  const season = new Season(new LocalDays(tested.alerts.zone));
  return test.expect.flatMap((expectation) => {
    const rule = tested.alerts.rules.find(({ name }) => name === expectation.rule);
    if (rule === undefined) throw unknownRule(expectation.rule, tested.alerts);
    const states = statesOf(rule, { test, counts, season, from, length });
    return misses(expectation, states, from);
  });
}

function unknownRule(name: string, { rules }: AlertSettings): UnfitTest {
  const names = rules.map((rule) => rule.name).join(", ");
  return new UnfitTest(`there is no rule ${name}; there are: ${names || "none"}`);
}

/** A day that no month has would be taken for one of the next. */
function timeOf(text: string): number {
  const ms = Date.parse(text);
  const isReal = ms >= 0 && new Date(ms).toISOString() === text.replace("Z", ".000Z");
  if (isReal) return ms;
  throw new UnfitTest(`"${text}" is no time since 1970`);
}

interface Course {
  readonly test: AlertTest;
  readonly counts: Counts;
  readonly season: Season;
  readonly from: number;
  readonly length: number;
}

/** Where the alert of a rule stands after each block; one that has to wait is judged with a later one, as it would be. */
function statesOf(rule: AlertRule, { test, counts, season, from, length }: Course): readonly string[] {
  const shares = test.complete === undefined ? [] : repeated(test.complete).map(shareOf);
  const sums = ruleSums(rule, counts);
  const state = newAlertState();
  let next = from;
  return Array.from({ length }, (_, index) => {
    state.deployedMs = test.deployed.filter((at) => at <= index).map((at) => (from + at) * BLOCK_MS);
    const completeness = shares[index] ?? 1;
    for (; completeness >= rule.minCompleteness && next <= from + index; next++) {
      apply(state, judge(rule, state, factOf(rule, sums, { block: next, completeness }), season));
    }
    return stateOf(state.phase.phase, state.latest);
  });
}

function ruleSums(rule: AlertRule, counts: Counts): RuleSums {
  const divisor = divisorOf(rule);
  return {
    sums: sumsOf(rule, counts),
    divisors: divisor === undefined ? undefined : sumsOf(divisor, counts),
  };
}

function sumsOf(wanted: Wanted, counts: Counts): BlockSums {
  const sums = new BlockSums(wanted);
  counts.forEachBlock(wanted.metric, (number, block, shape) => sums.add(number, block, shape));
  return sums;
}

function shareOf(word: string): number {
  const share = Number(word);
  if (share >= 0 && share <= 1) return share;
  throw new UnfitTest(`"${word}" is no share; a number from 0 to 1 is expected`);
}

function misses({ rule, at, states }: AlertExpectation, seen: readonly string[], from: number): string[] {
  return repeated(states).flatMap((expected, index) => {
    const block = at + index;
    const found = seen[block] ?? "not reached";
    const time = new Date((from + block) * BLOCK_MS).toISOString().slice(0, 16);
    return found === expected
      ? []
      : [`${rule} is ${found} after block ${block} (${time}Z), and ${expected} was expected`];
  });
}
