/** A node that does not answer holds up the others for less. */
const ANSWER_WITHIN_MS = 6_000;

/** What came of a question to the operators' port. */
export type OperatorsAnswer =
  | { readonly kind: "seen"; readonly body: unknown }
  /** The token is not that of this node. */
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "silent" };

/** Asks the node that a page comes from, with the operators' token. */
export async function askOperators(
  path: string,
  token: string,
  asking: AbortController,
): Promise<OperatorsAnswer> {
  const limit = setTimeout(() => asking.abort(), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(path, {
      headers: { authorization: `Bearer ${token}` },
      cache: "no-store",
      signal: asking.signal,
    });
    if (response.status === 401) return { kind: "unknown" };
    const body: unknown = await response.json();
    if (response.ok) return { kind: "seen", body };
    const { text = `HTTP ${response.status}` } = body as { readonly text?: string };
    return { kind: "refused", why: text };
  } catch {
    // No connection, no answer in time, or one that is broken off: all of it is silence.
    return { kind: "silent" };
  } finally {
    clearTimeout(limit);
  }
}
