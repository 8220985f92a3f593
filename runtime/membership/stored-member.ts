import type { EndCause, MemberFacts, MemberRow, MemberState } from "./member-view.ts";

/** A row as the scripts of Redis write it: JSON, with what a node says of itself as JSON of its own. */
interface StoredMember {
  readonly state: MemberState;
  readonly facts: string;
  readonly joinedAtMs: number;
  readonly cause?: EndCause;
  readonly atMs?: number;
}

/**
 * The rows of a table as HGETALL answers it: incarnations and texts by turns. Pure. One that cannot be read is left out, for it
 * must not keep the others from being seen: a node of a later version has written it, or nobody that this cluster knows.
 */
export function readRows(fields: readonly string[]): readonly MemberRow[] {
  return fields
    .filter((_, index) => index % 2 === 1)
    .map((text) => readRow(text))
    .filter((row) => row !== undefined);
}

function readRow(text: string): MemberRow | undefined {
  const stored = parsed(text) as StoredMember | undefined;
  const facts = parsed(stored?.facts) as MemberFacts | undefined;
  if (stored === undefined || !isMember(facts)) return undefined;
  const { state, joinedAtMs, cause, atMs } = stored;
  const row = { ...facts, state, joinedAtMs };
  return cause === undefined || atMs === undefined ? row : { ...row, ended: { cause, atMs } };
}

function isMember(facts: Partial<MemberFacts> | undefined): facts is MemberFacts {
  if (facts === undefined) return false;
  const { incarnation, node, address, roles, capacity, protocol } = facts;
  return (
    [incarnation, node, address].every((text) => typeof text === "string") &&
    [capacity, protocol?.min, protocol?.max].every((number) => Number.isFinite(number)) &&
    Array.isArray(roles) &&
    roles.every((role) => typeof role === "string")
  );
}

function parsed(text: unknown): object | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
