/** How many bytes a value takes as JSON, which is how most clients get it. Pure. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "null");
}
