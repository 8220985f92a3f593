/**
 * Whether JSON says all of a value: null, booleans, finite numbers, texts, lists and plain objects of such. Pure. False
 * also for what has more than `partsMax` parts or a cycle: no text of a bounded length says that.
 */
export function isPlainData(value: unknown, partsMax: number): boolean {
  const open: unknown[] = [value];
  for (let parts = 0; open.length > 0; parts++) {
    const part = open.pop();
    if (parts > partsMax || !isPlain(part)) return false;
    const inner = partsOf(part);
    if (inner.length > partsMax) return false;
    open.push(...inner);
  }
  return true;
}

function partsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return [];
  // A field that is undefined is as good as absent; in a list it would become null.
  return Object.values(value).filter((field) => field !== undefined);
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
