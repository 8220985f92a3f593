import { Fault } from "../fault.ts";
import { suffices } from "./durability.ts";
import type { Append, Durability, SnapshotWrite } from "./journal.ts";

/** The largest record: an entity that says more in one step should say it in several. */
export const RECORD_BYTES_MAX = 1_048_576;
/** The largest snapshot. */
export const SNAPSHOT_BYTES_MAX = 16_777_216;
/** Records that are read at a time: once they have so many bytes, the rest is for the next time. */
export const PAGE_BYTES = 4_194_304;

/** Refuses a record that no journal could store. @throws Fault recordTooLarge */
export function checkRecord(bytes: Uint8Array): void {
  checkSize(bytes, RECORD_BYTES_MAX);
}

/** Refuses an append that no journal could store, or not as durably as asked. @throws Fault recordTooLarge, durabilityMissing */
export function checkAppend({ bytes, durability }: Append, strongest: Durability): void {
  checkRecord(bytes);
  if (suffices(strongest, durability)) return;
  throw new Fault("durabilityMissing", { asked: durability, strongest });
}

/** Refuses a snapshot that no journal could store. @throws Fault recordTooLarge; RangeError when it would cost records that it does not hold */
export function checkSnapshot({ version, bytes, keepFrom }: SnapshotWrite): void {
  checkSize(bytes, SNAPSHOT_BYTES_MAX);
  if (keepFrom > version + 1) {
    throw new RangeError(`a snapshot of version ${version} cannot replace records from ${version + 1} on`);
  }
}

function checkSize(bytes: Uint8Array, limit: number): void {
  if (bytes.length > limit) throw new Fault("recordTooLarge", { bytes: bytes.length, limit });
}
