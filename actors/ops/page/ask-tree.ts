import { askOperators } from "../../../runtime/pages/kit/ask-operators.ts";
import type { OperatorsAnswer } from "../../../runtime/pages/kit/ask-operators.ts";
import { trunksOf } from "./tree-answer.ts";
import type { Actor, Trunk } from "./tree-answer.ts";

/** Which part of the tree is wanted. */
export interface TreeQuestion {
  readonly token: string;
  readonly filter: string | undefined;
  readonly depth: number;
}

/** What came of a look at the tree. */
export type TreeAnswer =
  | { readonly kind: "seen"; readonly trunks: readonly Trunk[] }
  | Exclude<OperatorsAnswer, { readonly kind: "seen" }>;

/** Asks the node that this page comes from for the tree of all nodes. */
export async function askTree(question: TreeQuestion, asking: AbortController): Promise<TreeAnswer> {
  const { token, filter, depth } = question;
  const query = new URLSearchParams(filter === undefined ? { depth: String(depth) } : { filter });
  const answer = await askOperators(`/v1/tree?${query.toString()}`, token, asking);
  return answer.kind === "seen" ? { kind: "seen", trunks: trunksOf(answer.body as Actor) } : answer;
}
