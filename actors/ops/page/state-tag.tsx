import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { RUNNING, SILENT } from "./tree-answer.ts";
import { TREE_WORDS } from "./tree-words.ts";

/** The state of an actor; one that does not run stands out. */
export function StateTag({ state }: { readonly state: string }) {
  const t = useWords(TREE_WORDS);
  return <span class={`state state-${toneOf(state)}`}>{t("stateOf", state)}</span>;
}

function toneOf(state: string): "good" | "busy" | "bad" {
  if (state === RUNNING) return "good";
  return state === SILENT || state === "stopped" ? "bad" : "busy";
}
