import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { LatencyTally } from "./latency-tally.ts";
import { SumTally } from "./sum-tally.ts";
import { TopTally } from "./top-tally.ts";
import { UniqueTally } from "./unique-tally.ts";
import type { ValueTally } from "./value-tally.ts";

/** The tally that a metric needs; undefined when it only counts. */
export function newValueTally(
  definition: MetricDefinition,
  column: (field: string) => number,
): ValueTally | undefined {
  const { value, field } = definition;
  if (value === "count" || field === undefined) return undefined;
  const at = column(field);
  switch (value) {
    case "sum":
      return new SumTally(at, definition.decimals);
    case "latency":
      return new LatencyTally(at, definition.unit);
    case "unique":
      return new UniqueTally(at, definition.as);
    case "top":
      return new TopTally(at, definition);
  }
}
