// Pure: the token behind the `#` of a link.

/** The token of `#token=…`, if there is one. */
export function tokenIn(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token");
  return token === null || token === "" ? undefined : token;
}
