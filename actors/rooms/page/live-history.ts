import type { Publication } from "../../../runtime/client/client.ts";

/** A page of all that was ever posted in a live room. */
export interface HistoryPage {
  /** Oldest first. */
  readonly publications: readonly Publication[];
  /** Whether there is something before the first of them. */
  readonly earlier: boolean;
}

/** How many publications are asked for at once. */
const PAGE_LIMIT = 100;

/** From where a history is read back. */
export interface HistoryPlace {
  /** What the offset belongs to, as far as that is known. */
  readonly epoch: string | undefined;
  readonly before: number;
}

/** Reads what was posted before an offset. Rejects when the node does not answer, or not with a page: as when the room counts anew by now. */
export async function pageBefore(room: string, { epoch, before }: HistoryPlace): Promise<HistoryPage> {
  const query = new URLSearchParams({ room, before: String(before), limit: String(PAGE_LIMIT) });
  if (epoch !== undefined) query.set("epoch", epoch);
  const answer = await fetch(`/chatroom/live/history?${query.toString()}`);
  if (!answer.ok) throw new Error(`the history was refused with ${answer.status}`);
  return (await answer.json()) as HistoryPage;
}
