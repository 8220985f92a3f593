/**
 * Where a browser shows the tree of all nodes. With a token it is a key: behind the `#`, so that no browser sends it, and for the eyes of operators only. Pure.
 */
export function treeLink(opsUrl: string, token?: string): string {
  return link(`${opsUrl}/tree`, token);
}

/** Where a browser shows what is counted of the gateway and of logs; a key too, with a token. Pure. */
export function trafficLink(opsUrl: string, token?: string): string {
  return link(`${opsUrl}/traffic`, token);
}

function link(page: string, token: string | undefined): string {
  return token === undefined ? page : `${page}#token=${encodeURIComponent(token)}`;
}
