import type { Publication } from "../../protocols/client-frames.ts";
import { publicationBytes } from "./json-size.ts";
import type { RoomStore } from "./room-store.ts";

/** Publications that are read at once: each may weigh 32 KiB. */
const READ_AT_ONCE = 50;

/** Which publications to read: the latest before an offset, as many as both limits allow. */
export interface PageRequest {
  readonly before: number;
  readonly limit: number;
  /** Of JSON, all together; one publication is read however heavy it is. */
  readonly bytes: number;
}

/** Reads back from an offset. The oldest comes first; an empty page means that there is nothing before. */
export async function pageBefore(
  { read }: Pick<RoomStore, "read">,
  { before, limit, bytes }: PageRequest,
): Promise<Publication[]> {
  const newestFirst: Publication[] = [];
  let weight = 0;
  for (let end = before; end > 1 && newestFirst.length < limit;) {
    const from = Math.max(1, end - Math.min(READ_AT_ONCE, limit - newestFirst.length));
    const chunk = await read(from, end - from);
    for (const publication of chunk.toReversed()) {
      weight += publicationBytes(publication);
      if (weight > bytes && newestFirst.length > 0) return newestFirst.reverse();
      newestFirst.push(publication);
    }
    if (chunk.length === 0) break;
    end = from;
  }
  return newestFirst.reverse();
}
