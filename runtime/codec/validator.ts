import Type from "typebox";
import type { Static, TObject } from "typebox";
import { Compile } from "typebox/compile";
import type { Fields, MessageOf } from "../../protocols/protocol.ts";
import { pointerTo, violationOf } from "./violation.ts";
import type { Violation } from "./violation.ts";

/** A value from outside was not understood. */
export interface Invalid extends Violation {
  readonly ok: false;
  readonly code: "notAnObject" | "unknownKind" | "invalidField";
}

/** A value from outside, understood or not. */
export type Validation<T> = { readonly ok: true; readonly message: T } | Invalid;

/** Checks a value from outside, once, at a door. Never throws. */
export type Validate<T> = (value: unknown) => Validation<T>;

/** Any message of a table of fields by kind. */
export type MessageIn<Table extends Readonly<Record<string, Fields>>> = {
  [K in keyof Table & string]: MessageOf<K, Table[K]>;
}[keyof Table & string];

/** How many known names an error lists, and how much of an unknown one it repeats. */
const NAMES_LISTED_MAX = 40;
const NAME_CHARACTERS_MAX = 60;

/** Compiles a table of messages into the check that a door makes: the `kind` decides which fields must be there. */
export function compileMessages<const Table extends Readonly<Record<string, Fields>>>(
  table: Table,
): Validate<MessageIn<Table>> {
  const kinds = Object.keys(table);
  const checks = new Map(
    kinds.map((kind) => [kind, compileObject({ kind: Type.Literal(kind), ...table[kind] })]),
  );
  const known = listed(kinds);
  return (value) => {
    if (!isRecord(value)) return notAnObject();
    const check = typeof value["kind"] === "string" ? checks.get(value["kind"]) : undefined;
    if (check === undefined) return unknownKind(value["kind"], known);
    return check(value) as Validation<MessageIn<Table>>;
  };
}

/** Compiles the check of an object without a `kind`, such as the body of a request. */
export function compileFields<const F extends Fields>(fields: F): Validate<Static<TObject<F>>> {
  const check = compileObject(fields);
  return (value) => (isRecord(value) ? (check(value) as Validation<Static<TObject<F>>>) : notAnObject());
}

function compileObject(fields: Fields): (value: Readonly<Record<string, unknown>>) => Validation<unknown> {
  const validator = Compile(Type.Object(fields));
  const known = new Set(Object.keys(fields));
  return (value) => {
    if (!validator.Check(value)) {
      return { ok: false, code: "invalidField", ...violationOf(validator.Errors(value)) };
    }
    // TypeBox matches every name against a pattern to find unknown ones, which costs more than the rest of the check.
    for (const name in value) if (!known.has(name)) return unknownField(name, known);
    return { ok: true, message: value };
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notAnObject(): Invalid {
  return { ok: false, code: "notAnObject", field: "", text: "must be an object" };
}

function unknownKind(kind: unknown, known: string): Invalid {
  const found = typeof kind === "string" ? `"${shortened(kind)}" is not known` : "must be a string";
  return { ok: false, code: "unknownKind", field: "/kind", text: `${found}; known: ${known}` };
}

function unknownField(name: string, known: ReadonlySet<string>): Invalid {
  const text = `is not allowed here; known: ${listed([...known])}`;
  return { ok: false, code: "invalidField", field: pointerTo("", shortened(name)), text };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_LISTED_MAX).join(", ");
  return names.length > NAMES_LISTED_MAX ? `${shown}, ...` : shown;
}

function shortened(name: string): string {
  return name.length > NAME_CHARACTERS_MAX ? `${name.slice(0, NAME_CHARACTERS_MAX)}...` : name;
}
