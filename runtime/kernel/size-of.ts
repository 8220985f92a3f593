import { ActorRef } from "../actor/actor-ref.ts";

/** Things of one value that are looked at; what is beyond them is not counted. */
const LOOKS_MAX = 2_000;
/** Entries of one collection that are looked at; the others are taken to be like them. */
const ENTRIES_MAX = 50;

/** What V8 spends on things, roughly, in bytes. */
const BYTES = { object: 32, field: 8, entry: 24, number: 8, text: 16 } as const;

/** A thing that was found and not looked at yet, and for how many like it it stands. */
interface Open {
  readonly value: unknown;
  readonly weight: number;
}

/**
 * Estimates what a value holds, in bytes, as far as it can be seen from outside. Of a large collection a few entries
 * stand for all; references to actors are not followed, and private fields of classes cannot be. Pure.
 */
export function sizeOf(value: unknown): number {
  const seen = new Set<unknown>();
  const open: Open[] = [{ value, weight: 1 }];
  let bytes = 0;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const next = open.pop();
    if (next === undefined) break;
    if (seen.has(next.value)) continue;
    if (typeof next.value === "object") seen.add(next.value);
    bytes += next.weight * sizeOfOne(next, open);
  }
  return Math.round(bytes);
}

/** What a thing takes itself; what it holds is added to `open`. */
function sizeOfOne({ value, weight }: Open, open: Open[]): number {
  if (typeof value === "string") return BYTES.text + value.length;
  if (typeof value === "number" || typeof value === "bigint") return BYTES.number;
  if (typeof value !== "object" || value === null) return 0;
  if (value instanceof ActorRef) return BYTES.object;
  if (ArrayBuffer.isView(value)) return BYTES.object + value.byteLength;
  if (value instanceof Map || value instanceof Set) {
    open.push(...someOf(value.values(), value.size, weight));
    if (value instanceof Map) open.push(...someOf(value.keys(), value.size, weight));
    return BYTES.object + BYTES.entry * value.size;
  }
  if (Array.isArray(value)) {
    open.push(...someOf(value.values(), value.length, weight));
    return BYTES.object + BYTES.field * value.length;
  }
  return BYTES.object + sizeOfFields(value, weight, open);
}

function someOf(entries: Iterable<unknown>, count: number, weight: number): Open[] {
  const some: Open[] = [];
  const each = (weight * count) / Math.min(count, ENTRIES_MAX);
  for (const value of entries) {
    if (some.length === ENTRIES_MAX) break;
    some.push({ value, weight: each });
  }
  return some;
}

function sizeOfFields(value: object, weight: number, open: Open[]): number {
  const fields = Object.values(Object.getOwnPropertyDescriptors(value));
  // A getter might do anything, so it is left alone.
  open.push(...fields.slice(0, LOOKS_MAX).map((field) => ({ value: field.value as unknown, weight })));
  return BYTES.field * fields.length;
}
