const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;

/**
 * A decimal number in a span of bytes as a whole number of its parts: "0.125" with 6 decimals is 125000. What is beyond the decimals is
 * rounded half up. NaN when it is no plain number, or too large to be exact. Pure.
 */
export function wholeOfSpan(bytes: Uint8Array, start: number, end: number, decimals: number): number {
  const sign = signAt(bytes, start);
  let value = 0;
  let digits = 0;
  /** How many digits have come after the point; -1 before it. */
  let after = -1;
  let rounding = 0;
  for (let at = sign === 0 ? start : start + 1; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit === POINT - ZERO && after < 0) {
      after = 0;
      continue;
    }
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    digits++;
    if (after < decimals) value = 10 * value + digit;
    else if (after === decimals) rounding = Math.floor(digit / 5);
    if (after >= 0) after++;
  }
  if (digits === 0) return Number.NaN;
  return exactly((value * 10 ** missing(decimals, after) + rounding) * (sign < 0 ? -1 : 1));
}

/** How many of the decimals were not there. */
function missing(decimals: number, after: number): number {
  return decimals - Math.min(decimals, Math.max(0, after));
}

function exactly(whole: number): number {
  return Number.isSafeInteger(whole) ? whole : Number.NaN;
}

/** 0 where there is none. */
function signAt(bytes: Uint8Array, at: number): -1 | 0 | 1 {
  if (bytes[at] === MINUS) return -1;
  return bytes[at] === PLUS ? 1 : 0;
}
