import { readableName } from "../../runtime/actor/actor-name.ts";
import type { TreeNode } from "../../runtime/kernel/tree-node.ts";

type FieldValue = string | number;

/** The words that a filter may ask about, and where an actor has them; `any` is its name as people read it, and its type. */
const WORDS: Readonly<Record<string, (node: TreeNode) => string>> = {
  name: (node) => node.name,
  path: (node) => node.path,
  type: (node) => node.type,
  state: (node) => node.state,
  any: (node) => `${readableName(node.name)} ${node.type}`,
};

/** The numbers that a filter may ask about. */
const NUMBERS: Readonly<Record<string, (node: TreeNode) => number>> = {
  mailbox: (node) => node.mailbox.depth,
  ageMs: (node) => node.mailbox.oldestAgeMs,
  handled: (node) => node.handled,
  failed: (node) => node.failed,
  refused: (node) => node.refused,
  restarts: (node) => node.restarts,
  stalls: (node) => node.pulse.stalls,
  uptimeMs: (node) => node.uptimeMs,
};

const FIELDS: Readonly<Record<string, (node: TreeNode) => FieldValue>> = { ...WORDS, ...NUMBERS };

const OPERATORS: Readonly<Record<string, (found: FieldValue, wanted: FieldValue) => boolean>> = {
  "=": (found, wanted) => found === wanted,
  "!=": (found, wanted) => found !== wanted,
  ">": (found, wanted) => found > wanted,
  ">=": (found, wanted) => found >= wanted,
  "<": (found, wanted) => found < wanted,
  "<=": (found, wanted) => found <= wanted,
  "~": (found, wanted) => String(found).toLowerCase().includes(String(wanted).toLowerCase()),
};

const CONDITION = /^\s*(\w+)\s*(!=|>=|<=|=|>|<|~)\s*(.*?)\s*$/;

/** What a filter may be made of, for help texts. */
export const FILTER_WORDS = { fields: Object.keys(FIELDS), operators: Object.keys(OPERATORS) } as const;

/** The conditions of one filter: more would be a program. */
const CONDITIONS_MAX = 8;

/** A filter that was read, or why it could not be. */
export type ParsedFilter =
  | { readonly ok: true; readonly filter: (node: TreeNode) => boolean }
  | { readonly ok: false; readonly text: string };

/**
 * Reads a filter such as `type=room,restarts>0,name~lobby`: all conditions must hold, `~` is "contains". Pure.
 */
export function parseTreeFilter(text: string): ParsedFilter {
  const parts = text.split(",");
  if (parts.length > CONDITIONS_MAX) return { ok: false, text: `has more than ${CONDITIONS_MAX} conditions` };
  const conditions: ((node: TreeNode) => boolean)[] = [];
  for (const part of parts) {
    const condition = parseCondition(part);
    if (typeof condition === "string") return { ok: false, text: condition };
    conditions.push(condition);
  }
  return { ok: true, filter: (node) => conditions.every((holds) => holds(node)) };
}

/** The test that a condition describes, or what is wrong with it. */
function parseCondition(part: string): ((node: TreeNode) => boolean) | string {
  const [, name = "", sign = "", value = ""] = CONDITION.exec(part) ?? [];
  const compare = OPERATORS[sign];
  if (compare === undefined) {
    return `"${part.trim()}" is no condition; write a field, one of ${Object.keys(OPERATORS).join(" ")}, and a value`;
  }
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field === undefined) return `"${name}" is no field; known: ${Object.keys(FIELDS).join(", ")}`;
  if (Object.hasOwn(WORDS, name) || sign === "~") return (node) => compare(field(node), value);
  const wanted = Number(value);
  if (value === "" || Number.isNaN(wanted)) return `${name} is a number, and "${value}" is none`;
  return (node) => compare(field(node), wanted);
}
