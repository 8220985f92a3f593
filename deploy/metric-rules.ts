import type { MetricDefinition } from "../protocols/metric-settings.ts";
import { LocalDays } from "../runtime/counting/local-day.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";

/** By how many dimensions a metric may be split. */
const DIMENSIONS_MAX = 4;

/** Each zone has its own copy of all days. */
const DAY_ZONES_MAX = 4;

/** What no schema can say of metrics. Pure; one function a rule. */
export function metricConflicts(metrics: readonly MetricDefinition[]): SettingProblem[] {
  return [
    ...repeatedNames(
      metrics.map(({ name }) => name),
      (index) => ["metrics", index, "name"],
    ),
    ...metrics.flatMap(misfits),
  ];
}

/** The days of which zones can be kept. Pure. */
export function dayZoneConflicts(zones: readonly string[]): SettingProblem[] {
  const unknown = zones.flatMap((zone, index) =>
    isZone(zone) ? [] : [problem(["dayZones", index], `is ${JSON.stringify(zone)}, which is no time zone`)],
  );
  const isTooMany = zones.length > DAY_ZONES_MAX;
  return [
    ...unknown,
    ...repeatedNames(zones, (index) => ["dayZones", index]),
    ...(isTooMany
      ? [problem(["dayZones"], `are ${zones.length}; days of ${DAY_ZONES_MAX} zones are kept`)]
      : []),
  ];
}

function isZone(zone: string): boolean {
  try {
    return new LocalDays(zone).zone === zone;
  } catch {
    return false;
  }
}

function misfits(metric: MetricDefinition, index: number): SettingProblem[] {
  const place: SettingPath = ["metrics", index];
  const { name, value, field, dimensions, where } = metric;
  return [
    ...repeatedNames(
      dimensions.map((dimension) => dimension.name),
      (at) => [...place, "dimensions", at, "name"],
    ),
    ...(value !== "count" && field === undefined
      ? [problem([...place, "field"], `is missing; ${value} of ${name} needs the field it is taken from`)]
      : []),
    ...(dimensions.length > DIMENSIONS_MAX
      ? [problem([...place, "dimensions"], `are ${dimensions.length}; ${name} may have ${DIMENSIONS_MAX}`)]
      : []),
    ...where.flatMap(({ is, isNot, startsWith }, at) =>
      is === undefined && isNot === undefined && startsWith === undefined
        ? [problem([...place, "where", at], "says nothing of its field; give one of is, isNot, startsWith")]
        : [],
    ),
  ];
}

function repeatedNames(names: readonly string[], pathOf: (index: number) => SettingPath): SettingProblem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [problem(pathOf(index), `is "${name}" a second time; names must differ`)],
  );
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}
