import { crc32 } from "node:zlib";
import type { Owner } from "./journal.ts";

/** What is sealed: told to the checksum, so that a snapshot never passes for a record, nor one entity's for another's. */
export interface SealSubject {
  readonly kind: "record" | "snapshot";
  /** See `entityKey`. */
  readonly key: string;
}

/** A record or a snapshot as it is sealed: with who wrote it, and when. */
export interface Sealed {
  readonly version: number;
  readonly atMs: number;
  readonly owner: Owner;
  readonly bytes: Uint8Array;
}

/** The seal that this banyan writes, and the only one that it reads. */
const SEAL_FORMAT = 1;
const FORMAT_AT = 4;
const INCARNATION_LENGTH_AT = 5;
const VERSION_AT = 6;
const TIME_AT = 14;
const EPOCH_AT = 22;
const INCARNATION_AT = 30;
const INCARNATION_BYTES_MAX = 255;

/** How many bytes the seal itself may take at most. */
export const SEAL_BYTES_MAX = INCARNATION_AT + INCARNATION_BYTES_MAX;

/** A record or snapshot as one value of the store: a checksum over subject, header and bytes comes first. Pure. */
export function seal(subject: SealSubject, { version, atMs, owner, bytes }: Sealed): Uint8Array {
  const incarnation = Buffer.from(owner.incarnation);
  if (incarnation.length > INCARNATION_BYTES_MAX) {
    throw new RangeError(`an incarnation has at most ${INCARNATION_BYTES_MAX} bytes`);
  }
  const value = Buffer.allocUnsafe(INCARNATION_AT + incarnation.length + bytes.length);
  value.writeUInt8(SEAL_FORMAT, FORMAT_AT);
  value.writeUInt8(incarnation.length, INCARNATION_LENGTH_AT);
  value.writeDoubleBE(version, VERSION_AT);
  value.writeDoubleBE(atMs, TIME_AT);
  value.writeDoubleBE(owner.ownerEpoch, EPOCH_AT);
  value.set(incarnation, INCARNATION_AT);
  value.set(bytes, INCARNATION_AT + incarnation.length);
  value.writeUInt32BE(checksum(subject, value));
  return value;
}

/** What `seal` has sealed, or in words why the value is not to be trusted. Pure. */
export function unseal(subject: SealSubject, stored: Uint8Array): Sealed | { readonly problem: string } {
  const value = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
  if (value.length < INCARNATION_AT) return { problem: `it has only ${value.length} bytes` };
  if (value.readUInt32BE() !== checksum(subject, value)) return { problem: "its checksum does not fit" };
  const format = value.readUInt8(FORMAT_AT);
  if (format !== SEAL_FORMAT) return { problem: `its format is ${format}, known is ${SEAL_FORMAT}` };
  const bytesAt = INCARNATION_AT + value.readUInt8(INCARNATION_LENGTH_AT);
  return {
    version: value.readDoubleBE(VERSION_AT),
    atMs: value.readDoubleBE(TIME_AT),
    owner: {
      ownerEpoch: value.readDoubleBE(EPOCH_AT),
      incarnation: value.toString("utf8", INCARNATION_AT, bytesAt),
    },
    bytes: value.subarray(bytesAt),
  };
}

function checksum({ kind, key }: SealSubject, value: Buffer): number {
  return crc32(value.subarray(FORMAT_AT), crc32(`${kind} ${key}`));
}
