const DIGITS = 32;
/** The key behind the last one: the end of the last shard is written as the largest key. */
const KEYS = 1n << 128n;
const LAST_KEY = "f".repeat(DIGITS);

/** Half-open, in 32 hex digits; the last range ends with the largest key. */
export interface KeyRange {
  readonly beginKey: string;
  readonly endKey: string;
}

/** Cuts all keys into ranges of one size. Pure. */
export function evenRanges(count: number): KeyRange[] {
  return Array.from({ length: count }, (_, index) => ({
    beginKey: keyAt((KEYS * BigInt(index)) / BigInt(count)),
    endKey: index === count - 1 ? LAST_KEY : keyAt((KEYS * BigInt(index + 1)) / BigInt(count)),
  }));
}

/** Whether a key, in as many digits as the caller likes, lies in a range. Pure. */
export function holdsKey({ beginKey, endKey }: KeyRange, key: string): boolean {
  const full = fullKey(key);
  return full >= beginKey && (full < endKey || endKey === LAST_KEY);
}

/** The key in 32 lower-case digits; undefined when it is none. Pure. */
export function readKey(text: string): string | undefined {
  return /^[0-9a-f]{1,32}$/i.test(text) ? fullKey(text) : undefined;
}

function fullKey(key: string): string {
  return key.toLowerCase().padEnd(DIGITS, "0");
}

function keyAt(position: bigint): string {
  return position.toString(16).padStart(DIGITS, "0");
}
