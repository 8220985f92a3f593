import { PAIR } from "./log-group-fields.ts";
import { DamagedBytes, type WireReader } from "./wire-reader.ts";

/** Where key and value of a field or of a tag lie. */
export interface Pair {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Reads a key and a value, in whatever order and with whatever else they come. @throws DamagedBytes when one is missing */
export function readPair(reader: WireReader): Pair {
  const outerEnd = reader.end;
  const end = reader.enter();
  const pair = { keyStart: -1, keyEnd: -1, valueStart: -1, valueEnd: -1 };
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === PAIR.key) {
      pair.keyEnd = reader.enter();
      pair.keyStart = reader.at;
      reader.at = pair.keyEnd;
    } else if (tag === PAIR.value) {
      pair.valueEnd = reader.enter();
      pair.valueStart = reader.at;
      reader.at = pair.valueEnd;
    } else reader.skip(tag);
  }
  reader.end = outerEnd;
  if (pair.keyStart < 0) throw new DamagedBytes("a field has no key");
  if (pair.valueStart < 0) throw new DamagedBytes("a field has no value");
  return pair;
}
