import { crc32 } from "node:zlib";

/** The layout that this banyan writes, and the only one that it reads. */
export const ARCHIVE_FORMAT = 1;
/** What one line may have at most: the largest snapshot as text, and what stands around it. */
export const LINE_LENGTH_MAX = 25_165_824;

/** What the lines of an archive say, in their order: the beginning, each entity with its wake-up, its snapshot and its records, and how much that was. */
export type ArchiveItem =
  | { readonly kind: "banyanJournal"; readonly format: number; readonly atMs: number }
  | ArchiveEntity
  | { readonly kind: "wake"; readonly dueMs: number }
  | { readonly kind: "snapshot"; readonly version: number; readonly bytes: Uint8Array }
  | ArchiveRecord
  | ({ readonly kind: "end" } & ArchiveCounts);

/** An entity, and what follows of it. */
export interface ArchiveEntity {
  readonly kind: "entity";
  /** See `entityKey`. */
  readonly key: string;
  readonly version: number;
  /** The version of its snapshot; 0 without one. */
  readonly snapshot: number;
  /** The version of its first record; 0 without records. */
  readonly first: number;
}

/** A record of the latest entity. */
export interface ArchiveRecord {
  readonly kind: "record";
  readonly version: number;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** How much an archive holds. */
export interface ArchiveCounts {
  readonly entities: number;
  /** Entities that want to be woken for their reminders. */
  readonly wakes: number;
  readonly snapshots: number;
  readonly records: number;
}

/** What must be there for a line of a kind to mean something. */
const FIELDS: Readonly<Record<ArchiveItem["kind"], readonly string[]>> = {
  banyanJournal: ["format", "atMs"],
  entity: ["version", "snapshot", "first"],
  wake: ["dueMs"],
  snapshot: ["version"],
  record: ["version", "atMs"],
  end: ["entities", "wakes", "snapshots", "records"],
};
const WITH_BYTES: readonly string[] = ["snapshot", "record"];
const CHECKSUM_LENGTH = 8;

/** An item as a line without its end: the checksum, a space, and the item as JSON with its bytes in base64. Pure. */
export function archiveLine(item: ArchiveItem): string {
  const json = JSON.stringify(item, (name, value: unknown) => (name === "bytes" ? base64(item) : value));
  return `${checksum(json)} ${json}`;
}

/** What a line says, or in words why it says nothing. Pure. */
export function parseArchiveLine(line: string): ArchiveItem | { readonly problem: string } {
  const json = line.slice(CHECKSUM_LENGTH + 1);
  if (line.slice(0, CHECKSUM_LENGTH + 1) !== `${checksum(json)} `) {
    return { problem: "its checksum does not fit" };
  }
  let parsed: Readonly<Record<string, unknown>>;
  try {
    parsed = JSON.parse(json) as Readonly<Record<string, unknown>>;
  } catch {
    return { problem: "it is no JSON" };
  }
  return itemOf(parsed) ?? { problem: "it is none of an archive" };
}

function itemOf(parsed: Readonly<Record<string, unknown>>): ArchiveItem | undefined {
  const kind = String(parsed["kind"]);
  const fields = Object.hasOwn(FIELDS, kind) ? FIELDS[kind as ArchiveItem["kind"]] : undefined;
  if (fields === undefined || !fields.every((name) => Number.isSafeInteger(parsed[name]))) return undefined;
  if (kind === "entity" && typeof parsed["key"] !== "string") return undefined;
  if (!WITH_BYTES.includes(kind)) return parsed as unknown as ArchiveItem;
  const { bytes } = parsed;
  if (typeof bytes !== "string") return undefined;
  return { ...parsed, bytes: Buffer.from(bytes, "base64") } as unknown as ArchiveItem;
}

function base64(item: ArchiveItem): string {
  const { buffer, byteOffset, length } = (item as ArchiveRecord).bytes;
  return Buffer.from(buffer, byteOffset, length).toString("base64");
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, "0");
}
