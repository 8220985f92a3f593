import type { BlockFact } from "../../protocols/alert-rule.ts";
import type { AlertRule } from "../../protocols/alert-settings.ts";
import type { BlockSum, BlockSums, Wanted } from "./block-sums.ts";

/** What was counted of what a rule looks at. */
export interface RuleSums {
  readonly sums: Pick<BlockSums, "at">;
  /** Of what the value is divided by; undefined for a rule that divides by nothing. */
  readonly divisors: Pick<BlockSums, "at"> | undefined;
}

const NOTHING: BlockSum = { count: 0, sum: 0, sketch: undefined, unique: undefined, scale: 1 };

/** Which records a rule divides by; undefined for one that divides by nothing. Pure. */
export function divisorOf({ metric, of }: AlertRule): Wanted | undefined {
  return of === undefined ? undefined : { metric, ...of };
}

/** A block as a rule sees it. That nothing was counted is a count of zero; of nothing there is no mean and no share. Pure. */
export function factOf(
  rule: Pick<AlertRule, "measure" | "quantile">,
  { sums, divisors }: RuleSums,
  at: { readonly block: number; readonly completeness: number },
): BlockFact {
  const sum = sums.at(at.block) ?? NOTHING;
  const divisor = divisors === undefined ? undefined : (divisors.at(at.block) ?? NOTHING);
  const measured = valueOf(rule, sum);
  const value = divisor === undefined ? measured : quotient(measured, valueOf(rule, divisor));
  const { count: volume } = divisor ?? sum;
  return { ...at, volume, ...(value === undefined ? {} : { value }) };
}

function quotient(above: number | undefined, below: number | undefined): number | undefined {
  return above === undefined || below === undefined || below === 0 ? undefined : above / below;
}

function valueOf(
  { measure, quantile = 0.5 }: Pick<AlertRule, "measure" | "quantile">,
  { count, sum, sketch, unique, scale }: BlockSum,
): number | undefined {
  switch (measure) {
    case "count":
      return count;
    case "sum":
      return sum;
    case "mean":
      return quotient(sum, count);
    case "unique":
      return unique?.estimate() ?? 0;
    case "quantile": {
      const value = sketch?.quantile(quantile);
      return value === undefined ? undefined : value / scale;
    }
  }
}
