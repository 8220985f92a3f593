import type { AlertCondition } from "../../protocols/alert-settings.ts";
import { valuesOf } from "../counting/block-counts.ts";
import type { MetricShape } from "../counting/metric-shape.ts";

/** Whether the series with a key is one of those that conditions want; undefined when the metric has no such dimension. Pure. */
export function matcherOf(
  conditions: readonly AlertCondition[],
  { dimensions }: Pick<MetricShape, "dimensions">,
): ((key: string) => boolean) | undefined {
  const places = conditions.map(({ dimension }) => dimensions.findIndex(({ name }) => name === dimension));
  if (places.includes(-1)) return undefined;
  return (key) => {
    const values = valuesOf(key);
    return conditions.every((condition, index) => meets(values[places[index] ?? 0] ?? "", condition));
  };
}

function meets(value: string, { is, isNot, startsWith }: AlertCondition): boolean {
  return (
    (is === undefined || is.includes(value)) &&
    (isNot === undefined || !isNot.includes(value)) &&
    (startsWith === undefined || startsWith.some((text) => value.startsWith(text)))
  );
}
