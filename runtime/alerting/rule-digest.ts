import { createHash } from "node:crypto";
import type { AlertCondition, AlertRule } from "../../protocols/alert-settings.ts";

const DIGEST_CHARS = 16;

/** Tells whether two rules look at the same, whatever their limits are: what one has learnt holds for the other. Pure. */
export function digestOf({ kind, metric, where, measure, quantile, of }: AlertRule): string {
  const divisor = of === undefined ? [] : [of.metric ?? metric, conditionsOf(of.where)];
  const looksAt = [kind, metric, conditionsOf(where), measure, quantile, divisor];
  return createHash("sha256").update(JSON.stringify(looksAt)).digest("base64url").slice(0, DIGEST_CHARS);
}

/** In one order, however the settings write them. */
function conditionsOf(where: readonly AlertCondition[]) {
  return where.map(({ dimension, is, isNot, startsWith }) => [dimension, is, isNot, startsWith]);
}
