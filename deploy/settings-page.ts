import { stringify } from "yaml";
import { expectation } from "./settings-check.ts";
import type { SettingSchema } from "./settings-check.ts";

/**
 * Every setting with its meaning and its default, as YAML. What has no default is commented out. Pure.
 * What this prints is itself a valid file.
 */
export function describeSettings(schema: SettingSchema): string {
  return group(schema, "").join("\n");
}

function group(schema: SettingSchema, indent: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description === undefined ? [] : [`${indent}# ${property.description}`]),
    ...setting(name, property, indent),
  ]);
}

function setting(name: string, schema: SettingSchema, indent: string): string[] {
  if (schema.type === "object") return [`${indent}${name}:`, ...group(schema, `${indent}  `)];
  if (schema.default === undefined) return [`${indent}# ${name}: (${expectation(schema)})`];
  const yaml = stringify({ [name]: schema.default }, { indent: 2, lineWidth: 0 }).trimEnd();
  return [...entriesOf(schema, indent), ...yaml.split("\n").map((line) => indent + line)];
}

/** What each entry of a list of groups consists of. */
function entriesOf(schema: SettingSchema, indent: string): string[] {
  const properties = Object.entries(schema.items?.properties ?? {});
  return properties.map(
    ([name, property]) => `${indent}#   ${name}: ${property.description} (${expectation(property)})`,
  );
}
