import type { IncomingHttpHeaders } from "node:http";
import { inflateSync } from "node:zlib";
import { ANSWER_BYTES_MAX } from "./answer-body.ts";
import type { HttpAnswer } from "./http-link.ts";
import type { BytePool } from "./byte-pool.ts";
import { countGroups } from "./log-group-list.ts";
import { unpackLz4 } from "./lz4-unpack.ts";
import type { Cursor } from "./sls-cursor.ts";

/** A time beyond this is in milliseconds: as seconds it were the year 5138. */
const SECONDS_MAX = 1e11;

/** What a pull has brought. */
export interface Pull {
  /** Where to go on. Equal to the cursor of the pull when there was nothing new. */
  readonly next: Cursor;
  /** How many log groups there are. Zero with a cursor that has moved on means that a query left nothing of them. */
  readonly groups: number;
  /** The log groups, as a list in Protobuf. */
  readonly body: Uint8Array;
  /** How many bytes came over the wire. */
  readonly wireBytes: number;
  /** The number of the last group; groups of one pull are numbered without gaps, unless a query was given. */
  readonly lastSequence: bigint | undefined;
  /** When the group at the cursor was received, in milliseconds since 1970: now less this is the lag. */
  readonly receivedAtMs: number | undefined;
  /** Whether there is nothing more at present. */
  readonly isAtEnd: boolean;
  /** Nobody reads the body any more. */
  readonly release: () => void;
}

/** The answer to a pull contradicts itself: nothing of it is used. */
export class UnfitPull extends Error {}

/** Reads and checks the answer to a pull; unpacks it into room of a pool, where there is one. @throws UnfitPull */
export function readPull({ headers, body: packed }: HttpAnswer, cursor: Cursor, pool?: BytePool): Pull {
  const next = headerOf(headers, "x-log-cursor");
  if (next === undefined) throw new UnfitPull("it says no next cursor");
  const room = new Room(pool);
  const body = unpack(packed, headers, room.take);
  const groups = groupsOf(body);
  const announced = headerOf(headers, "x-log-count");
  if (announced !== undefined && Number(announced) !== groups) {
    throw new UnfitPull(`it holds ${groups} log groups and announces ${announced}`);
  }
  return {
    next,
    groups,
    body,
    wireBytes: packed.length,
    lastSequence: sequence(headerOf(headers, "x-log-read-last-cursor")),
    receivedAtMs: timeMs(headerOf(headers, "x-log-cursor-time")),
    isAtEnd: next === cursor || headerOf(headers, "x-log-end-of-cursor") === "1",
    release: room.giveBack,
  };
}

/** What one body lies in. */
class Room {
  readonly #pool: BytePool | undefined;
  #taken: Buffer | undefined = undefined;

  constructor(pool: BytePool | undefined) {
    this.#pool = pool;
  }

  readonly take = (bytes: number): Buffer => {
    this.#taken = this.#pool?.take(bytes);
    return this.#taken ?? Buffer.allocUnsafe(bytes);
  };

  readonly giveBack = (): void => {
    if (this.#taken !== undefined) this.#pool?.give(this.#taken);
    this.#taken = undefined;
  };
}

type RoomFor = (bytes: number) => Uint8Array;

function unpack(packed: Buffer, headers: IncomingHttpHeaders, roomFor: RoomFor): Uint8Array {
  const type = headerOf(headers, "x-log-compresstype") ?? "";
  const size = Number(headerOf(headers, "x-log-bodyrawsize") ?? packed.length);
  // Then there is no block either, not even an empty one.
  if (size === 0) return Buffer.alloc(0);
  if (!(size > 0 && size <= ANSWER_BYTES_MAX)) throw new UnfitPull(`it announces ${size} bytes`);
  const body = unpackAs(type.toLowerCase(), packed, { size, roomFor });
  if (body.length !== size) throw new UnfitPull(`it holds ${body.length} bytes and announces ${size}`);
  return body;
}

interface Unpacked {
  readonly size: number;
  readonly roomFor: RoomFor;
}

function unpackAs(type: string, packed: Buffer, { size, roomFor }: Unpacked): Uint8Array {
  if (type === "") return packed;
  try {
    if (type === "lz4") return unpackLz4(packed, size, roomFor);
    // Both names stand for zlib's own format here.
    if (type === "deflate" || type === "gzip") return inflateSync(packed, { maxOutputLength: size });
  } catch (cause) {
    throw new UnfitPull("its body is damaged", { cause });
  }
  throw new UnfitPull(`its compression ${type} was not asked for`);
}

function groupsOf(body: Uint8Array): number {
  try {
    return countGroups(body);
  } catch (cause) {
    throw new UnfitPull("its list of log groups is cut", { cause });
  }
}

function sequence(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

function timeMs(text: string | undefined): number | undefined {
  const time = Number(text ?? Number.NaN);
  if (!(time > 0)) return undefined;
  return time > SECONDS_MAX ? time : time * 1000;
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
