import type { Owner } from "./journal.ts";

/**
 * Whether a writer may write where this owner has written last: it is the same one, or has a higher epoch. Another one
 * with the same epoch may not. Pure.
 */
export function mayWrite(writer: Owner, last: Owner | undefined): boolean {
  if (last === undefined || writer.ownerEpoch > last.ownerEpoch) return true;
  return writer.ownerEpoch === last.ownerEpoch && writer.incarnation === last.incarnation;
}
