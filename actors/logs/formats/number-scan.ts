const ZERO = 48;
const NINE = 57;
const DOT = 46;

/** The digits between two places as a whole number; -1 when something else stands there. */
export function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number;
    if (code < ZERO || code > NINE) return -1;
    value = value * 10 + code - ZERO;
  }
  return value;
}

/** A number such as `12.345` between two places; NaN when something else stands there. */
export function decimalNumber(bytes: Uint8Array, start: number, end: number): number {
  let dot = start;
  while (dot < end && bytes[dot] !== DOT) dot++;
  const whole = wholeNumber(bytes, start, dot);
  if (whole < 0 || dot + 1 >= end) return whole < 0 || dot + 1 === end ? Number.NaN : whole;
  const rest = wholeNumber(bytes, dot + 1, end);
  return rest < 0 ? Number.NaN : whole + rest / 10 ** (end - dot - 1);
}
