// Pure: what stands in a publication's data, as a page shows it.

/** What this page publishes. A message that is sent again, because its answer got lost, has the same `key`. */
export interface ChatData {
  readonly text: string;
  readonly key: string;
}

/** The text of any data: clients of other kinds send what they like. */
export function textOf(data: unknown): string {
  if (typeof data === "string") return data;
  if (hasField(data, "text") && typeof data.text === "string") return data.text;
  return JSON.stringify(data) ?? "";
}

/** The key of a message, if its sender gave it one. */
export function keyOf(data: unknown): string | undefined {
  return hasField(data, "key") && typeof data.key === "string" ? data.key : undefined;
}

function hasField<Name extends string>(data: unknown, name: Name): data is Record<Name, unknown> {
  return typeof data === "object" && data !== null && name in data;
}
