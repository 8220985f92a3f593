import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { allMetrics } from "./built-in-metrics.ts";

/** What is counted of the logs of one source. */
export interface MetricSet {
  /** The fields that a reader has to find in each log, in the order of the row's spans. */
  readonly fields: readonly string[];
  readonly metrics: readonly MetricDefinition[];
  /** Whoever counts has named the metric: its conditions, which are for logs, do not matter. */
  readonly isMeant?: true;
}

/** What is counted of a source, with the metrics of the settings and the built-in ones. Pure. */
export function metricSet(own: readonly MetricDefinition[], source: string): MetricSet {
  return metricSetOf(metricsOf(allMetrics(own), source));
}

/** Those of some metrics that are counted of a source. Pure. */
export function metricsOf(metrics: readonly MetricDefinition[], source: string): readonly MetricDefinition[] {
  return metrics.filter(({ sources }) => sources === undefined || sources.includes(source));
}

/** The same for exactly these metrics. Pure. */
export function metricSetOf(metrics: readonly MetricDefinition[]): MetricSet {
  return { metrics, fields: [...new Set(metrics.flatMap(fieldsOf))] };
}

function fieldsOf({ where, dimensions, value, field }: MetricDefinition): string[] {
  return [
    ...where.map((condition) => condition.field),
    ...dimensions.map((dimension) => dimension.field ?? dimension.name),
    ...(value === "count" || field === undefined ? [] : [field]),
  ];
}
