/** Whether a value from JSON nests at most `depthMax` containers. Pure; recursion is bounded by the same limit. */
export function isWithinDepth(value: unknown, depthMax: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depthMax === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isWithinDepth(item, depthMax - 1));
  for (const name in value) {
    if (!isWithinDepth((value as Record<string, unknown>)[name], depthMax - 1)) return false;
  }
  return true;
}
