import type { SettingPath, SettingSchema } from "./settings-check.ts";

/** Environment variables of the node begin with this. */
export const ENVIRONMENT_PREFIX = "BANYAN_";
/** No setting: the host tells its processes with it which data directory they run in, so that strays of an earlier run can be told apart. */
export const RUNS_IN_VARIABLE = "BANYAN_RUNS_IN";

/** A setting that can be given as one text: in the environment, or with `--set`. */
export interface NamedSetting {
  readonly path: SettingPath;
  readonly schema: SettingSchema;
  /** With dots, entries of a list by their name: `listeners.web.port`. */
  readonly dotted: string;
  /** In the environment: `BANYAN_LISTENERS_WEB_PORT`. */
  readonly variable: string;
}

/** Every setting that one text can give; `value` says which listeners and keys there are. Pure. */
export function namedSettings(schema: SettingSchema, value: unknown): readonly NamedSetting[] {
  return walk(schema, value, { path: [], words: [] });
}

interface Step {
  readonly path: SettingPath;
  readonly words: readonly string[];
}

function walk(schema: SettingSchema, value: unknown, { path, words }: Step): NamedSetting[] {
  if (schema.type === "object") {
    return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      walk(property, (value as Record<string, unknown> | undefined)?.[name], {
        path: [...path, name],
        words: [...words, name],
      }),
    );
  }
  const named = {
    path,
    schema,
    dotted: words.join("."),
    variable: ENVIRONMENT_PREFIX + words.map(toVariableWord).join("_"),
  };
  return [named, ...entriesOf(schema, value, { path, words })];
}

function entriesOf(schema: SettingSchema, value: unknown, { path, words }: Step): NamedSetting[] {
  const key = ["name", "id"].find((candidate) => schema.items?.properties?.[candidate] !== undefined);
  if (key === undefined || !Array.isArray(value)) return [];
  return (value as Record<string, unknown>[]).flatMap((entry, index) =>
    walk(schema.items ?? {}, entry, { path: [...path, index], words: [...words, String(entry[key])] }),
  );
}

function toVariableWord(name: string): string {
  return name
    .replaceAll("-", "_")
    .replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}
