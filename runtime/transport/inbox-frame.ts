import { crc32 } from "node:zlib";

/** What a receiver tells a sender about what it has sent: the newer always says more. */
export interface Standing {
  /** All parcels up to this number have arrived, without a gap. */
  readonly received: number;
  /** All up to this number are handled and may be forgotten. */
  readonly handled: number;
  /** The credit: numbers up to this one may be sent. */
  readonly limit: number;
  /** Which question of the sender this answers; 0 for none. */
  readonly answers: number;
  /** Whether something has arrived that cannot be taken before what is missing. */
  readonly hasGap: boolean;
}

/** One entry of an inbox: parcels of one sender that were sent together, and what it tells about what it received itself. */
export interface InboxFrame {
  /** The sender's incarnation. */
  readonly from: string;
  /** About what came the other way. */
  readonly standing: Standing;
  /** The number of a question ("what have you received?"); 0 for none. */
  readonly asks: number;
  /** The number of the first parcel; parcels are numbered from 1 for each sender and receiver. */
  readonly first: number;
  readonly parcels: readonly Uint8Array[];
}

/** A frame, or in words why the bytes are none. */
export type ReadFrame =
  | { readonly kind: "frame"; readonly frame: InboxFrame }
  | { readonly kind: "unreadable"; readonly why: string };

/** The only format that this banyan writes and reads. */
const FORMAT = 1;
const GAP_FLAG = 1;
const CHECKSUM_AT = 4;
const FLAGS_AT = 8;
const SENDER_LENGTH_AT = 10;
const COUNT_AT = 12;
const ASKS_AT = 16;
const ANSWERS_AT = 20;
const FIRST_AT = 24;
const RECEIVED_AT = 32;
const HANDLED_AT = 40;
const LIMIT_AT = 48;
const HEAD_BYTES = 56;
const LENGTH_BYTES = 4;
const SENDER_BYTES_MAX = 65_535;

/** A frame as bytes: a fixed head with a checksum over everything, the sender, the lengths, the parcels. Pure. */
export function writeFrame({ from, standing, asks, first, parcels }: InboxFrame): Buffer {
  const senderLength = Buffer.byteLength(from);
  if (senderLength > SENDER_BYTES_MAX) throw new RangeError("an incarnation is far shorter than this");
  let lengthAt = HEAD_BYTES + senderLength;
  let at = lengthAt + parcels.length * LENGTH_BYTES;
  let length = at;
  for (const parcel of parcels) length += parcel.length;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32LE(FORMAT);
  bytes.writeUInt32LE(0, CHECKSUM_AT);
  bytes.writeUInt16LE(standing.hasGap ? GAP_FLAG : 0, FLAGS_AT);
  bytes.writeUInt16LE(senderLength, SENDER_LENGTH_AT);
  bytes.writeUInt32LE(parcels.length, COUNT_AT);
  bytes.writeUInt32LE(asks, ASKS_AT);
  bytes.writeUInt32LE(standing.answers, ANSWERS_AT);
  bytes.writeDoubleLE(first, FIRST_AT);
  bytes.writeDoubleLE(standing.received, RECEIVED_AT);
  bytes.writeDoubleLE(standing.handled, HANDLED_AT);
  bytes.writeDoubleLE(standing.limit, LIMIT_AT);
  bytes.write(from, HEAD_BYTES);
  for (const parcel of parcels) {
    bytes.writeUInt32LE(parcel.length, lengthAt);
    bytes.set(parcel, at);
    lengthAt += LENGTH_BYTES;
    at += parcel.length;
  }
  bytes.writeUInt32LE(crc32(bytes), CHECKSUM_AT);
  return bytes;
}

/** What `writeFrame` has written. The parcels share the memory of `bytes`. Pure. */
export function readFrame(bytes: Buffer): ReadFrame {
  if (bytes.length < HEAD_BYTES) return unreadable("too short for a frame");
  if (bytes[0] !== FORMAT) return unreadable(`format ${bytes[0]} is not known here`);
  const checksum = bytes.readUInt32LE(CHECKSUM_AT);
  bytes.writeUInt32LE(0, CHECKSUM_AT);
  const isWhole = crc32(bytes) === checksum;
  bytes.writeUInt32LE(checksum, CHECKSUM_AT);
  if (!isWhole) return unreadable("its checksum is wrong");
  const senderLength = bytes.readUInt16LE(SENDER_LENGTH_AT);
  const parcels = readParcels(bytes, HEAD_BYTES + senderLength);
  if (parcels === undefined) return unreadable("its lengths are wrong");
  const frame = {
    from: bytes.toString("utf8", HEAD_BYTES, HEAD_BYTES + senderLength),
    standing: readStanding(bytes),
    asks: bytes.readUInt32LE(ASKS_AT),
    first: bytes.readDoubleLE(FIRST_AT),
    parcels,
  };
  const { received, handled, limit } = frame.standing;
  const isSound = isCount(frame.first) && isCount(received) && isCount(handled) && isCount(limit);
  return isSound ? { kind: "frame", frame } : unreadable("its numbers are wrong");
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

function readStanding(bytes: Buffer): Standing {
  return {
    received: bytes.readDoubleLE(RECEIVED_AT),
    handled: bytes.readDoubleLE(HANDLED_AT),
    limit: bytes.readDoubleLE(LIMIT_AT),
    answers: bytes.readUInt32LE(ANSWERS_AT),
    hasGap: (bytes.readUInt16LE(FLAGS_AT) & GAP_FLAG) !== 0,
  };
}

function readParcels(bytes: Buffer, lengthsAt: number): Uint8Array[] | undefined {
  const count = bytes.readUInt32LE(COUNT_AT);
  let at = lengthsAt + count * LENGTH_BYTES;
  if (at > bytes.length) return undefined;
  const parcels: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const end = at + bytes.readUInt32LE(lengthsAt + index * LENGTH_BYTES);
    if (end > bytes.length) return undefined;
    parcels.push(bytes.subarray(at, end));
    at = end;
  }
  return at === bytes.length ? parcels : undefined;
}

function unreadable(why: string): ReadFrame {
  return { kind: "unreadable", why };
}
