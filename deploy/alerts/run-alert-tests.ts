import type { AlertTest } from "../../protocols/alert-tests.ts";
import { UnfitTest } from "./repeated.ts";
import { runAlertTest } from "./run-alert-test.ts";
import type { TestedRules } from "./run-alert-test.ts";

/** More misses of one test say nothing more. */
const MISSES_TOLD = 5;

/** Runs all tests of a file: what is printed of them, and whether all came out as expected. Pure. */
export function runAlertTests({
  tests,
  tested,
}: {
  readonly tests: readonly AlertTest[];
  readonly tested: TestedRules;
}): { readonly lines: readonly string[]; readonly isGood: boolean } {
  const outcomes = tests.map((test) => ({ test, misses: missesOf(test, tested) }));
  const failed = outcomes.filter(({ misses }) => misses.length > 0).length;
  return {
    lines: [
      ...outcomes.flatMap(({ test, misses }) => linesOf(test, misses)),
      `${tests.length - failed} of ${tests.length} tests came out as expected`,
    ],
    isGood: failed === 0,
  };
}

function missesOf(test: AlertTest, tested: TestedRules): readonly string[] {
  try {
    return runAlertTest(test, tested);
  } catch (error) {
    if (error instanceof UnfitTest) return [error.message];
    throw error;
  }
}

function linesOf({ name }: AlertTest, misses: readonly string[]): readonly string[] {
  if (misses.length === 0) return [`ok    ${name}`];
  const more = misses.length - MISSES_TOLD;
  return [
    `FAIL  ${name}`,
    ...misses.slice(0, MISSES_TOLD).map((miss) => `      ${miss}`),
    ...(more > 0 ? [`      and ${more} more`] : []),
  ];
}
