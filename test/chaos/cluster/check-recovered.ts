import type { History } from "./history.ts";

/** I5: when nothing is wrong any more, every node reaches every entity again. How long that may take was the bound of the probes. Pure. */
export function checkRecovered({ recoveries }: Pick<History, "recoveries">): readonly string[] {
  if (recoveries.length === 0) return ["I5 no node was left to look"];
  return recoveries
    .filter(({ silent }) => silent.length > 0)
    .map(
      ({ node, silent, ms }) =>
        `I5 ${node} does not reach ${silent.length} entities (${silent[0] ?? ""}) after ${Math.round(ms)} ms`,
    );
}
