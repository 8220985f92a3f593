const BACKSLASH = 92;
const LOWER_U = 117;
/** What the letter behind a backslash stands for, where that is not itself. */
const PLAIN: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 };

/** Writes the text of a JSON string, which stands between two places, to another place of the same buffer. Answers where it ends; it is never longer than it was. */
export function unescapeInto(bytes: Uint8Array, start: number, end: number, to: number): number {
  let out = to;
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number;
    if (code !== BACKSLASH || at + 1 >= end) {
      bytes[out++] = code;
      continue;
    }
    const letter = bytes[++at] as number;
    if (letter !== LOWER_U) {
      bytes[out++] = PLAIN[letter] ?? letter;
      continue;
    }
    const until = runOfUnits(bytes, at - 1, end);
    out = putUnits(bytes, { start: at - 1, end: until }, out);
    at = until - 1;
  }
  return out;
}

/** Where the `\uXXXX` end that follow one another: two of them may be one letter. */
function runOfUnits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at + 6 <= end && bytes[at] === BACKSLASH && bytes[at + 1] === LOWER_U) at += 6;
  return Math.max(at, Math.min(start + 2, end));
}

function putUnits(
  bytes: Uint8Array,
  run: { readonly start: number; readonly end: number },
  out: number,
): number {
  const digits = Buffer.from(bytes.subarray(run.start, run.end)).toString("latin1");
  const units: readonly string[] = digits.match(/[0-9a-fA-F]{4}/g) ?? [];
  const text = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
  const encoded = Buffer.from(text);
  bytes.set(encoded, out);
  return out + encoded.length;
}
