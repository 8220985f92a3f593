import { trunksOf } from "./tree-answer.ts";
import type { Actor, Trunk } from "./tree-answer.ts";

/** A node that does not answer holds up the others for less. */
const ANSWER_WITHIN_MS = 6_000;

/** Which part of the tree is wanted. */
export interface TreeQuestion {
  readonly token: string;
  readonly filter: string | undefined;
  readonly depth: number;
}

/** What came of a look at the tree. */
export type TreeAnswer =
  | { readonly kind: "seen"; readonly trunks: readonly Trunk[] }
  /** The token is not that of this node. */
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "silent" };

/** Asks the node that this page comes from for the tree of all nodes. */
export async function askTree(question: TreeQuestion, asking: AbortController): Promise<TreeAnswer> {
  const { token, filter, depth } = question;
  const query = new URLSearchParams(filter === undefined ? { depth: String(depth) } : { filter });
  const limit = setTimeout(() => asking.abort(), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(`/v1/tree?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
      cache: "no-store",
      signal: asking.signal,
    });
    if (response.status === 401) return { kind: "unknown" };
    const body: unknown = await response.json();
    if (response.ok) return { kind: "seen", trunks: trunksOf(body as Actor) };
    const { text = `HTTP ${response.status}` } = body as { readonly text?: string };
    return { kind: "refused", why: text };
  } catch {
    // No connection, no answer in time, or one that is broken off: all of it is silence.
    return { kind: "silent" };
  } finally {
    clearTimeout(limit);
  }
}
