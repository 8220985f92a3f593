import { OperatorFrame } from "../../../runtime/pages/kit/operator-frame.tsx";
import type { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { ActorDetails } from "./actor-details.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { TreeTable } from "./tree-table.tsx";
import type { TreeWatch } from "./tree-watch.ts";
import { TREE_WORDS } from "./tree-words.ts";

interface TreeViewProps {
  readonly token: OperatorToken;
  readonly watch: TreeWatch;
}

/** The whole page: the tree of all nodes, once there is a token. */
export function TreeView({ token, watch }: TreeViewProps) {
  const t = useWords(TREE_WORDS);
  return (
    <OperatorFrame
      title={t("title")}
      page="tree"
      token={token}
      open={t("open")}
      look={watch.answer.value?.kind}
    >
      <Tree watch={watch} />
    </OperatorFrame>
  );
}

function Tree({ watch }: { readonly watch: TreeWatch }) {
  const chosen = watch.chosen.value;
  return (
    <>
      <FilterBar watch={watch} />
      <div class={`sides${chosen === undefined ? "" : " sides-two"}`}>
        <TreeTable watch={watch} />
        {chosen !== undefined && (
          <ActorDetails
            row={chosen}
            isGone={!watch.rows.value.some(({ id }) => id === chosen.id)}
            onClose={() => (watch.chosen.value = undefined)}
          />
        )}
      </div>
    </>
  );
}
