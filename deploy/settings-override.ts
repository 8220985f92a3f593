import { parseDocument } from "yaml";
import type { SettingPath, SettingSchema } from "./settings-check.ts";
import type { NamedSetting } from "./settings-names.ts";

/** One setting given as a text, and who gave it: `BANYAN_OPS_PORT (environment)`. */
export interface Override {
  readonly setting: NamedSetting;
  readonly text: string;
  readonly source: string;
}

/** The value with the overrides in it. Whole lists go first, so that an entry of a new list can be named. Pure. */
export function applyOverrides(value: unknown, overrides: readonly Override[]): unknown {
  const root = structuredClone(value);
  const ordered = overrides.toSorted((a, b) => a.setting.path.length - b.setting.path.length);
  for (const { setting, text } of ordered) assign(root, setting.path, parseText(setting.schema, text));
  return root;
}

/** A group on the way may be gone when a list was replaced by something else; the check of the whole finds that. */
function assign(root: unknown, path: SettingPath, value: unknown): void {
  let group = root;
  for (const step of path.slice(0, -1)) group = isGroup(group) ? group[step] : undefined;
  const last = path.at(-1);
  if (last !== undefined && isGroup(group)) group[last] = value;
}

function isGroup(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

/** What a text means where the schema expects a number, a yes or no, or a list; a text that fits none stays as it is. */
function parseText(schema: SettingSchema, text: string): unknown {
  switch (schema.type) {
    case "integer":
      return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text;
    case "number":
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text.trim()) ? Number(text) : text;
    case "boolean":
      return { true: true, false: false }[text.trim()] ?? text;
    case "array":
      return parseList(schema, text.trim());
    default:
      return text;
  }
}

/** `[a, b]` is YAML; where texts are expected, `a,b` says the same. */
function parseList(schema: SettingSchema, text: string): unknown {
  if (!text.startsWith("[") && schema.items?.type === "string") {
    return text.split(",").map((part) => part.trim());
  }
  const document = parseDocument(text);
  return document.errors.length === 0 ? document.toJS() : text;
}
