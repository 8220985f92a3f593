/**
 * Where a browser shows the tree of all nodes. With a token it is a key: behind the `#`, so that no browser sends it, and for the eyes of operators only. Pure.
 */
export function treeLink(opsUrl: string, token?: string): string {
  const page = `${opsUrl}/tree`;
  return token === undefined ? page : `${page}#token=${encodeURIComponent(token)}`;
}
