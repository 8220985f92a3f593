import type { AlertCondition, AlertRule, AlertSettings } from "../protocols/alert-settings.ts";
import type { MetricDefinition } from "../protocols/metric-settings.ts";
import { termsOf } from "../runtime/alerting/terms.ts";
import { allMetrics } from "../runtime/counting/built-in-metrics.ts";
import { LocalDays } from "../runtime/counting/local-day.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";

/** Each rule is asked for every few seconds, and a baseline holds four weeks in memory. */
const RULES_MAX = 200;
const BASELINES_MAX = 50;
const CONDITIONS_MAX = 8;

type Kind = AlertRule["kind"];
type KindSetting =
  | "fireAbove"
  | "fireBelow"
  | "clearAbove"
  | "clearBelow"
  | "of"
  | "quantile"
  | "within"
  | "muteMs";

/** The settings that a kind of rule does not take. */
const UNFIT: Readonly<Record<Kind, readonly KindSetting[]>> = {
  threshold: [],
  absence: ["fireAbove", "fireBelow", "clearAbove", "clearBelow", "of", "quantile"],
  baseline: ["fireAbove", "fireBelow", "clearAbove", "clearBelow", "of", "quantile"],
};

/** Which values of a metric can be measured in which way. */
const MEASURABLE: Readonly<Record<AlertRule["measure"], readonly MetricDefinition["value"][]>> = {
  count: ["count", "sum", "latency", "unique", "top"],
  sum: ["sum", "latency"],
  mean: ["sum", "latency"],
  quantile: ["latency"],
  unique: ["unique"],
};

/** What no schema can say of alert rules: that each looks at something that is counted, and can fire and end. Pure. */
export function alertConflicts(alerts: AlertSettings, own: readonly MetricDefinition[]): SettingProblem[] {
  const { zone, rules } = alerts;
  const baselines = rules.filter(({ kind }) => kind === "baseline").length;
  const metrics = allMetrics(own);
  return [
    ...(isZone(zone) ? [] : [problem(["alerts", "zone"], `is "${zone}", which is no time zone`)]),
    ...tooMany(["alerts", "rules"], `are ${rules.length}`, rules.length <= RULES_MAX, RULES_MAX),
    ...tooMany(
      ["alerts", "rules"],
      `have ${baselines} of kind baseline`,
      baselines <= BASELINES_MAX,
      BASELINES_MAX,
    ),
    ...rules.flatMap((rule, index) => {
      const place = ["alerts", "rules", index];
      return [
        ...repeatedName(rules, index),
        ...unknownRules(rules, index),
        ...circleOf(rules, index),
        ...metricProblems(rule, metrics, place),
        ...kindProblems(rule, place),
        ...limitProblems(rule, place),
        ...blockProblems(rule, place),
      ];
    }),
  ];
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}

function tooMany(path: SettingPath, text: string, isFit: boolean, max: number): SettingProblem[] {
  return isFit ? [] : [problem(path, `${text}; there may be ${max}`)];
}

function isZone(zone: string): boolean {
  try {
    new LocalDays(zone);
    return true;
  } catch {
    return false;
  }
}

function repeatedName(rules: readonly AlertRule[], index: number): SettingProblem[] {
  const name = rules[index]?.name;
  if (rules.findIndex((rule) => rule.name === name) === index) return [];
  return [problem(["alerts", "rules", index, "name"], `is "${name}" a second time; names must differ`)];
}

function unknownRules(rules: readonly AlertRule[], index: number): SettingProblem[] {
  const rule = rules[index];
  return (rule?.inhibitedBy ?? []).flatMap((name, at) => {
    const path: SettingPath = ["alerts", "rules", index, "inhibitedBy", at];
    if (name === rule?.name) return [problem(path, `is ${name} itself; it would never be told`)];
    return rules.some((other) => other.name === name)
      ? []
      : [problem(path, `is ${name}, and there is no such rule`)];
  });
}

/** A circle is told once, at the first of its rules. */
function circleOf(rules: readonly AlertRule[], index: number): SettingProblem[] {
  const name = rules[index]?.name ?? "";
  const later = new Map(rules.slice(index).map((rule) => [rule.name, rule.inhibitedBy]));
  const ways: string[][] = [[name]];
  const been = new Set<string>();
  for (const way of ways) {
    const last = way.at(-1) ?? "";
    for (const next of later.get(last) ?? []) {
      if (next === name && last !== name) return [circleProblem([...way, name], index)];
      if (next !== name && !been.has(next)) ways.push([...way, next]);
      been.add(next);
    }
  }
  return [];
}

function circleProblem(names: readonly string[], index: number): SettingProblem {
  const text = `leads back to ${names[0]} (${names.join(", ")}); nobody would be told of any of them`;
  return problem(["alerts", "rules", index, "inhibitedBy"], text);
}

function metricProblems(
  rule: AlertRule,
  metrics: readonly MetricDefinition[],
  place: SettingPath,
): SettingProblem[] {
  const { measure, of } = rule;
  const own = lookedAt({ metric: rule.metric, where: rule.where, measure }, metrics, place);
  if (of === undefined) return own;
  const divisor = { metric: of.metric ?? rule.metric, where: of.where, measure };
  return [...own, ...lookedAt(divisor, metrics, [...place, "of"])];
}

interface LookedAt {
  readonly metric: string;
  readonly where: readonly AlertCondition[];
  readonly measure: AlertRule["measure"];
}

function lookedAt(
  { metric, where, measure }: LookedAt,
  metrics: readonly MetricDefinition[],
  place: SettingPath,
): SettingProblem[] {
  const definition = metrics.find(({ name }) => name === metric);
  if (definition === undefined) {
    const known = metrics.map(({ name }) => name).join(", ");
    return [problem([...place, "metric"], `is ${metric}, which is not counted; counted: ${known}`)];
  }
  const names = definition.dimensions.map(({ name }) => name);
  return [
    ...(MEASURABLE[measure].includes(definition.value)
      ? []
      : [problem([...place, "measure"], `is ${measure}, and ${metric} is a ${definition.value}`)]),
    ...tooMany(
      [...place, "where"],
      `has ${where.length} conditions`,
      where.length <= CONDITIONS_MAX,
      CONDITIONS_MAX,
    ),
    ...where.flatMap((condition, at) => conditionProblems(condition, names, [...place, "where", at])),
  ];
}

function conditionProblems(
  { dimension, is, isNot, startsWith }: AlertCondition,
  names: readonly string[],
  place: SettingPath,
): SettingProblem[] {
  if (!names.includes(dimension)) {
    const known = names.join(", ") || "none";
    return [problem([...place, "dimension"], `is ${dimension}; the metric has: ${known}`)];
  }
  return is === undefined && isNot === undefined && startsWith === undefined
    ? [problem(place, "says nothing of its dimension; give one of is, isNot, startsWith")]
    : [];
}

function kindProblems(rule: AlertRule, place: SettingPath): SettingProblem[] {
  const { name, kind, measure } = rule;
  const unfit = UNFIT[kind].filter((setting) => rule[setting] !== undefined);
  return [
    ...unfit.map((setting) =>
      problem([...place, setting], `is not for kind ${kind} of rule ${name}; leave it out`),
    ),
    ...(kind !== "threshold" && measure !== "count"
      ? [problem([...place, "measure"], `is ${measure}; kind ${kind} of rule ${name} counts records`)]
      : []),
    ...(kind === "absence" && rule.minVolume > 0
      ? [problem([...place, "minVolume"], `is not for kind absence of rule ${name}; leave it out`)]
      : []),
    ...quantileProblems(rule, place),
    ...(rule.of !== undefined && (measure === "quantile" || measure === "unique" || measure === "mean")
      ? [problem([...place, "of"], `is for count and sum, and rule ${name} measures ${measure}`)]
      : []),
  ];
}

function quantileProblems(
  { name, kind, measure, quantile }: AlertRule,
  place: SettingPath,
): SettingProblem[] {
  const path = [...place, "quantile"];
  if (measure === "quantile") {
    return quantile === undefined
      ? [problem(path, `is missing; rule ${name} has to say which one, such as 0.99`)]
      : [];
  }
  return kind === "threshold" && quantile !== undefined
    ? [problem(path, `is for measure quantile, and rule ${name} measures ${measure}`)]
    : [];
}

function limitProblems(rule: AlertRule, place: SettingPath): SettingProblem[] {
  const { name, kind, fireAbove, clearBelow, fireBelow, clearAbove } = rule;
  if (kind !== "threshold") return [];
  const hasNone = fireAbove === undefined && fireBelow === undefined;
  return [
    ...(hasNone ? [problem([...place, "fireAbove"], `is missing; rule ${name} needs it, or fireBelow`)] : []),
    ...endProblems({ end: clearBelow, limit: fireAbove, isAbove: true }, place),
    ...endProblems({ end: clearAbove, limit: fireBelow, isAbove: false }, place),
    ...(fireAbove !== undefined && fireBelow !== undefined && fireBelow > fireAbove
      ? [problem([...place, "fireBelow"], `is ${fireBelow}, above fireAbove (${fireAbove}): all is bad`)]
      : []),
  ];
}

interface End {
  readonly end: number | undefined;
  readonly limit: number | undefined;
  readonly isAbove: boolean;
}

function endProblems({ end, limit, isAbove }: End, place: SettingPath): SettingProblem[] {
  const [name, of] = isAbove ? ["clearBelow", "fireAbove"] : ["clearAbove", "fireBelow"];
  if (end === undefined) return [];
  if (limit === undefined) return [problem([...place, name], `is only for a rule with ${of}; leave it out`)];
  const isBeyond = isAbove ? end > limit : end < limit;
  if (!isBeyond) return [];
  const text = `is ${end}, on the bad side of ${of} (${limit}): it would end while it is bad`;
  return [problem([...place, name], text)];
}

function blockProblems(rule: AlertRule, place: SettingPath): SettingProblem[] {
  const { name, within } = rule;
  const { bad } = termsOf(rule);
  if (within === undefined || within >= bad) return [];
  return [problem([...place, "within"], `is ${within}; rule ${name} wants ${bad} bad blocks out of them`)];
}
