import type { Fields, TaggedMessage } from "../../protocols/protocol.ts";

/** The parts of a JSON schema that samples are made from. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** A message of a kind with every field filled in, always the same one. */
export function sampleMessage(kind: string, fields: Fields): TaggedMessage {
  const entries = Object.entries(fields).map(([name, schema]) => [name, sampleOf(schema as Schema, name)]);
  return { kind, ...(Object.fromEntries(entries) as object) };
}

function sampleOf(schema: Schema, name: string): unknown {
  if ("const" in schema) return schema.const;
  const given = schema.enum ?? schema.examples;
  if (given !== undefined) return given[0];
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf[0]!, name);
  switch (schema.type) {
    case "string":
      if (schema.pattern !== undefined) {
        throw new TypeError(`field ${name}: a schema with a pattern needs "examples"`);
      }
      return `${name} 例`;
    case "integer":
      return Math.max(1_000, schema.minimum ?? 0);
    case "number":
      return 1_700_000_000_000.5;
    case "boolean":
      return true;
    case "array":
      return [sampleOf(schema.items ?? {}, name)];
    case "object":
      return sampleObject(schema);
    default:
      return { text: "任意", list: [1, null, false] };
  }
}

function sampleObject(schema: Schema): unknown {
  const named = Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, sampleOf(inner, name)]);
  const open = Object.values(schema.patternProperties ?? {}).map((inner) => [
    "score",
    sampleOf(inner, "score"),
  ]);
  return Object.fromEntries([...named, ...open]) as unknown;
}
