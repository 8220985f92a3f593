import { suggest } from "./suggest.ts";

/** A schema of the settings, as far as reading needs it: plain JSON Schema with `secret` and `allowed` as extra words. */
export interface SettingSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
  readonly items?: SettingSchema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly pattern?: string;
  /** What `pattern` and the lengths mean, for people. */
  readonly allowed?: string;
  /** No message may repeat the value. */
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly description?: string;
}

/** Where a setting stands: `["listeners", 0, "port"]`. */
export type SettingPath = readonly (string | number)[];

/** A place in the settings as people write it: `listeners[0].port`. Pure. */
export function pathText(path: SettingPath): string {
  if (path.length === 0) return "the file";
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${step}`))
    .join("");
}

/** One thing that is wrong, in words that fit behind the path. */
export interface SettingProblem {
  readonly path: SettingPath;
  /** Whether the name of the setting is wrong or its value. */
  readonly at: "name" | "value";
  readonly text: string;
}

/** The value with all defaults, and everything that is wrong with it; the value is good when nothing is. */
export interface CheckedSettings {
  readonly value: unknown;
  readonly problems: readonly SettingProblem[];
}

/** How much of a refused value is repeated, in characters. */
const FOUND_LENGTH_MAX = 60;

/** Fills in defaults and finds everything that the schema does not allow. Pure. */
export function checkSettings(schema: SettingSchema, given: unknown): CheckedSettings {
  const problems: SettingProblem[] = [];
  return { value: check(schema, given, { path: [], problems }), problems };
}

interface Place {
  readonly path: SettingPath;
  readonly problems: SettingProblem[];
}

/** Nothing after a colon in YAML is null, and means the same as leaving the line out. */
function check(schema: SettingSchema, given: unknown, place: Place): unknown {
  const value = given ?? structuredClone(schema.default) ?? (schema.type === "object" ? {} : undefined);
  if (value === undefined) return refuse(place, `is missing; expected ${expectation(schema)}`);
  if (schema.type === "object") return checkObject(schema, value, place);
  if (schema.type === "array") return checkArray(schema, value, place);
  if (fits(schema, value)) return value;
  return refuse(place, `is ${found(schema, value)}; expected ${expectation(schema)}${hint(schema, value)}`);
}

function refuse({ path, problems }: Place, text: string, at: SettingProblem["at"] = "value"): undefined {
  problems.push({ path, at, text });
  return undefined;
}

function checkObject(schema: SettingSchema, value: unknown, place: Place): unknown {
  if (!isObject(value)) return refuse(place, `is ${found(schema, value)}; expected ${expectation(schema)}`);
  const properties = schema.properties ?? {};
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(properties, name)) refuse(inside(place, name), unknownName(name, properties), "name");
  }
  const filled: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const mayMiss = property.default === undefined && schema.required?.includes(name) !== true;
    if (given == null && mayMiss) continue;
    filled[name] = check(property, given, inside(place, name));
  }
  return filled;
}

function checkArray(schema: SettingSchema, value: unknown, place: Place): unknown {
  if (!Array.isArray(value) || value.length < (schema.minItems ?? 0)) {
    return refuse(place, `is ${found(schema, value)}; expected ${expectation(schema)}`);
  }
  return value.map((item, index) => check(schema.items ?? {}, item, inside(place, index)));
}

function inside({ path, problems }: Place, step: string | number): Place {
  return { path: [...path, step], problems };
}

function fits(schema: SettingSchema, value: unknown): boolean {
  switch (schema.type) {
    case "integer":
      return Number.isSafeInteger(value) && within(value as number, schema.minimum, schema.maximum);
    case "number":
      return Number.isFinite(value) && within(value as number, schema.minimum, schema.maximum);
    case "boolean":
      return typeof value === "boolean";
    default:
      return typeof value === "string" && fitsText(schema, value);
  }
}

function fitsText(schema: SettingSchema, text: string): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(text);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(text)) return false;
  return within(text.length, schema.minLength, schema.maxLength);
}

function within(value: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): boolean {
  return value >= least && value <= most;
}

function unknownName(name: string, properties: Readonly<Record<string, SettingSchema>>): string {
  const names = Object.keys(properties);
  const meant = suggest(name, names);
  return `is not a setting${meant === undefined ? "" : `, did you mean ${meant}?`} (known here: ${names.join(", ")})`;
}

function found(schema: SettingSchema, value: unknown): string {
  if (schema.secret === true) return "not acceptable (not shown, it is secret)";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isObject(value)) return "a group of settings";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text;
}

/** What is allowed, in words. */
export function expectation(schema: SettingSchema): string {
  if (schema.allowed !== undefined) return schema.allowed;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(", ")}`;
  switch (schema.type) {
    case "integer":
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case "number":
      return `a number from ${schema.minimum} to ${schema.maximum}`;
    case "boolean":
      return "true or false";
    case "array":
      return schema.minItems === undefined ? "a list" : `a list with at least ${schema.minItems} entry`;
    case "object":
      return `a group of settings (${Object.keys(schema.properties ?? {}).join(", ")})`;
    default:
      return "a text";
  }
}

function hint(schema: SettingSchema, value: unknown): string {
  if (typeof value === "string" && schema.enum !== undefined) {
    const meant = suggest(value, schema.enum);
    return meant === undefined ? "" : `, did you mean ${meant}?`;
  }
  return schema.type === "string" && ["number", "boolean"].includes(typeof value)
    ? " (put it in quotes)"
    : "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
