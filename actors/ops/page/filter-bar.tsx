import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { SILENT } from "./tree-answer.ts";
import type { TreeWatch } from "./tree-watch.ts";
import { TREE_WORDS } from "./tree-words.ts";

/** What is looked for, and how many nodes there are. */
export function FilterBar({ watch }: { readonly watch: TreeWatch }) {
  const t = useWords(TREE_WORDS);
  const trunks = watch.trunks.value;
  const silent = trunks.filter(({ root }) => root.state === SILENT).length;
  const answer = watch.answer.value;
  return (
    <div class="filter-bar">
      <label class="filter">
        <Icon name="search" />
        <input
          class="field"
          type="search"
          value={watch.typed.value}
          aria-label={t("filter")}
          placeholder={t("filterHint")}
          spellcheck={false}
          autoComplete="off"
          onInput={(event) => watch.filter(event.currentTarget.value)}
        />
      </label>
      {trunks.length > 0 && (
        <p class="counts">
          {t("nodes", trunks.length)}
          {silent > 0 && <b class="bad"> · {t("silentNodes", silent)}</b>}
        </p>
      )}
      {answer?.kind === "refused" && (
        <p class="error note" role="alert">
          {answer.why}
        </p>
      )}
      {trunks.some(({ root }) => root.truncated === true) && <p class="note busy">{t("truncated")}</p>}
    </div>
  );
}
