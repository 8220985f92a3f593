import { unpack } from "msgpackr";

/** What the bytes of a record hold, by nobody's definition: for an operator who looks. Undefined when they are no msgpack. */
export function looseRecord(bytes: Uint8Array): unknown {
  try {
    return unpack(bytes);
  } catch {
    return undefined;
  }
}
