import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node, Pair } from "yaml";
import type { SettingPath, SettingProblem } from "./settings-check.ts";

/** A settings file that was read: what it says, and where it says it. */
export interface SettingsFile {
  readonly value: unknown;
  /** What makes it unreadable, as `file:line:column: text`. */
  readonly errors: readonly string[];
  /** Where a setting stands: `banyan.yaml:7:3`. The nearest group when the setting itself is not there. */
  locate(path: SettingPath, at: SettingProblem["at"]): string;
}

/** Reads YAML text; `name` is how the file is called in messages. Pure. */
export function parseSettingsFile(name: string, text: string): SettingsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const errors = [...document.errors, ...document.warnings].map(
    (error) => `${position(error.pos[0])}: ${error.message}`,
  );
  return {
    value: errors.length === 0 ? document.toJS() : undefined,
    errors,
    locate: (path, at) => position(offsetOf(document, path, at)),
  };
}

function offsetOf(document: Document.Parsed, path: SettingPath, at: SettingProblem["at"]): number {
  let node = document.contents as Node | null;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const pair = childOf(resolve(document, node), step);
    if (pair === undefined) break;
    const isLast = index === path.length - 1;
    const wanted = isLast && at === "name" ? pair.key : (pair.value ?? pair.key);
    offset = startOf(wanted) ?? startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function resolve(document: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

interface Child {
  readonly key: Node | null;
  readonly value: Node | null;
}

function childOf(node: Node | null, step: string | number): Child | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)] as Node | undefined;
    return value === undefined ? undefined : { key: value, value };
  }
  if (!isMap(node)) return undefined;
  const pair = (node.items as Pair<Node, Node | null>[]).find(
    ({ key }) => isScalar(key) && String(key.value) === step,
  );
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}
