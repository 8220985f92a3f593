import type { JournalRecord } from "./journal.ts";

/** The form that this banyan writes, and the only one that it reads. */
const FORMAT = 1;
const VERSION_AT = 1;
const TIME_AT = 9;
const BYTES_AT = 17;

/** A record as one value, with its version and its time; a copy of its bytes. Pure. */
export function packRecord({ version, atMs, bytes }: JournalRecord): Buffer {
  const value = Buffer.allocUnsafe(BYTES_AT + bytes.length);
  value.writeUInt8(FORMAT);
  value.writeDoubleBE(version, VERSION_AT);
  value.writeDoubleBE(atMs, TIME_AT);
  value.set(bytes, BYTES_AT);
  return value;
}

/** What `packRecord` has packed; undefined when the value is no record. Pure. */
export function unpackRecord(value: Buffer): JournalRecord | undefined {
  if (value.length < BYTES_AT || value.readUInt8() !== FORMAT) return undefined;
  const version = value.readDoubleBE(VERSION_AT);
  const atMs = value.readDoubleBE(TIME_AT);
  return { version, atMs, bytes: value.subarray(BYTES_AT) };
}
