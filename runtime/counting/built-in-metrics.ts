import type { MetricDefinition } from "../../protocols/metric-settings.ts";

const PLAIN = {
  where: [],
  dimensions: [],
  value: "count",
  unit: "s",
  decimals: 0,
  as: "text",
  wanted: 20,
  seriesMax: 2_000,
} as const satisfies Omit<MetricDefinition, "name">;

const status = { name: "status", field: "status", as: "statusClass", budget: 8 } as const;
const route = { name: "route", field: "route", as: "text", budget: 200 } as const;
const method = { name: "method", field: "request_method", as: "text", budget: 10 } as const;
const kind = { name: "kind", field: "kind", as: "text", budget: 8 } as const;

/** What is counted of every access log unless the settings say otherwise; the fields are called as nginx calls them. */
export const BUILT_IN_METRICS: readonly MetricDefinition[] = [
  { ...PLAIN, name: "requests", dimensions: [status, route, method, kind] },
  { ...PLAIN, name: "latency", dimensions: [route], value: "latency", field: "request_time", seriesMax: 300 },
  { ...PLAIN, name: "bytes", dimensions: [route], value: "sum", field: "bytes_sent" },
  { ...PLAIN, name: "clients", value: "unique", field: "remote_addr" },
  { ...PLAIN, name: "urls", value: "top", field: "uri" },
];

/** All metrics: those of the settings, and the built-in ones that none of them replaces. Pure. */
export function allMetrics(own: readonly MetricDefinition[]): readonly MetricDefinition[] {
  const names = new Set(own.map(({ name }) => name));
  return [...BUILT_IN_METRICS.filter(({ name }) => !names.has(name)), ...own];
}
