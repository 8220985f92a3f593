/** An object of JSON whose fields nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object. Pure. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads each item of a list; undefined when it is none, or when one of the items is not understood. Pure. */
export function listOf<T>(json: unknown, read: (item: Json) => T | undefined): T[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const items = json.map((item: unknown) => (isJson(item) ? read(item) : undefined));
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** Reads a text of an object; undefined when there is none. Pure. */
export function textOf(json: unknown, name: string): string | undefined {
  const value = isJson(json) ? json[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** Reads a number of an object; undefined when there is none. Pure. */
export function numberOf(json: unknown, name: string): number | undefined {
  const value = isJson(json) ? json[name] : undefined;
  return typeof value === "number" ? value : undefined;
}
