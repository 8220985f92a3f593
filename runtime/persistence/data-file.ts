import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

/** The data of an environment of LMDB, in its directory. */
export const DATA_FILE = "data.mdb";

/** Where LMDB keeps in a meta page what is needed here. */
const MAGIC_AT = 24;
const FORMAT_AT = 28;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;
const MAGIC = 0xbe_ef_c0_de;
/** Of LMDB's file, as the version that is installed writes it. */
const FILE_FORMAT = 2;

/** What a data file is before LMDB touches it: one of its own, with all its pages or without some at its end. */
export type DataFile = "foreign" | "short" | "whole";

/**
 * Looks at a data file: opening one that LMDB refuses can end the process.
 * @throws Error of the operating system when it cannot be read
 */
export function examineDataFile(file: string): DataFile {
  const data = openSync(file, "r");
  try {
    const missing = missingBytes(data);
    if (missing === undefined) return "foreign";
    return missing > 0 ? "short" : "whole";
  } finally {
    closeSync(data);
  }
}

/**
 * Gives a short file its length again, with empty pages. LMDB maps the file into memory: a page beyond its end would end the
 * process, while an empty one is an error that can be told. A healthy file may lack unused pages at its end.
 */
export function restoreLength(file: string): void {
  const data = openSync(file, "r+");
  try {
    ftruncateSync(data, fstatSync(data).size + (missingBytes(data) ?? 0));
  } finally {
    closeSync(data);
  }
}

/** How much the newest transaction says there is beyond the end of the file; undefined when it is none of LMDB. */
function missingBytes(data: number): number | undefined {
  const first = readMeta(data, 0);
  const second = first === undefined ? undefined : readMeta(data, first.pageBytes);
  if (first === undefined || second === undefined) return undefined;
  const newest = second.transaction > first.transaction ? second : first;
  return Math.max(0, (newest.lastPage + 1) * newest.pageBytes - fstatSync(data).size);
}

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: bigint;
}

function readMeta(data: number, at: number): Meta | undefined {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(data, bytes, 0, META_BYTES, at) < META_BYTES) return undefined;
  const isMeta = bytes.readUInt32LE(MAGIC_AT) === MAGIC && bytes.readUInt32LE(FORMAT_AT) === FILE_FORMAT;
  if (!isMeta) return undefined;
  return {
    pageBytes: bytes.readUInt32LE(PAGE_SIZE_AT),
    lastPage: Number(bytes.readBigUInt64LE(LAST_PAGE_AT)),
    transaction: bytes.readBigUInt64LE(TRANSACTION_AT),
  };
}
