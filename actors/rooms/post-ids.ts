/** How many ids of posts a room remembers: some seconds of one key at its full rate, or a whole match at an ordinary one. */
export const POST_IDS_MAX = 5_000;

/** Which posts a room has taken lately: the offset of each by its id, the latest last. Owned by its room, changed in place. */
export type PostIds = Map<string, number>;

/** Remembers a post that has an id, and forgets the one that is oldest when there are too many. Pure but for the ids. */
export function rememberPost(ids: PostIds, id: string | undefined, offset: number): void {
  if (id === undefined) return;
  ids.set(id, offset);
  if (ids.size <= POST_IDS_MAX) return;
  const [oldest] = ids.keys();
  if (oldest !== undefined) ids.delete(oldest);
}
