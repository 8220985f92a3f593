import type { History, StoredStep } from "./history.ts";

/** I1: no two owners of one entity store by turns; versions have no gaps, and none of an epoch has two writers. Pure. */
export function checkOwners({ stored, lost }: Pick<History, "stored" | "lost">): readonly string[] {
  return [...stored].flatMap(([tally, steps]) => {
    const before = lost.get(tally)?.at(-1);
    return [...gaps(tally, steps), ...turns(tally, before === undefined ? steps : [before, ...steps])];
  });
}

function gaps(tally: string, steps: readonly StoredStep[]): string[] {
  return steps
    .map(({ version }, index) => ({ version, expected: index + 1 }))
    .filter(({ version, expected }) => version !== expected)
    .slice(0, 1)
    .map(({ version, expected }) => `I1 ${tally}: version ${version} stands where ${expected} should`);
}

function turns(tally: string, steps: readonly StoredStep[]): string[] {
  const problems: string[] = [];
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before === undefined) continue;
    if (step.ownerEpoch < before.ownerEpoch) {
      problems.push(
        `I1 ${tally}: version ${step.version} is of epoch ${step.ownerEpoch}, after ${before.ownerEpoch}`,
      );
    }
    if (step.ownerEpoch === before.ownerEpoch && step.incarnation !== before.incarnation) {
      problems.push(`I1 ${tally}: ${step.incarnation} and ${before.incarnation} share an epoch`);
    }
  }
  return problems;
}
