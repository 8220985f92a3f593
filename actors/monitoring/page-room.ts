import type { Counts } from "../../runtime/counting/counts.ts";
import { Fault } from "../../runtime/fault.ts";

/** How much a page holds, in bytes: half of the largest snapshot, so that its state can always be stored as a whole. */
export const PAGE_BYTES_MAX = 8_388_608;

const UNCHAINED = "the page is full, and its writer is of a version that knows of no page behind it";

/** A page of a chain: its counts, and whether the chain goes on behind it. */
interface ChainedPage {
  readonly counts: Counts;
  readonly isFull: boolean;
}

/** Whether a page has no room for more. What is full stays so, or a part that its successor has would be added here as well. Pure. @throws Fault for a page that is full and a writer that knows of no chains: it asks again until a node writes that does */
export function isFilledBy(
  { counts, isFull }: ChainedPage,
  { counts: more, link }: { readonly counts: Uint8Array; readonly link: number | undefined },
): boolean {
  if (link === undefined && isFull) throw new Fault("notStored", { why: UNCHAINED });
  if (link === undefined) return false;
  if (isFull) return true;
  let bytes = more.length;
  for (const [, size] of counts.sizes()) bytes += size;
  return bytes > PAGE_BYTES_MAX && !counts.isEmpty;
}

/** The page of a chain: the first has the name of all. Pure. */
export function linkName(page: string, link: number): string {
  return link === 0 ? page : `${page}/${link}`;
}
