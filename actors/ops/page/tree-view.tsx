import { Button } from "../../../runtime/pages/kit/button.tsx";
import { PageFrame } from "../../../runtime/pages/kit/page-frame.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { StatusPill } from "../../../runtime/pages/kit/status-pill.tsx";
import type { Tone } from "../../../runtime/pages/kit/status-pill.tsx";
import { ActorDetails } from "./actor-details.tsx";
import { FilterBar } from "./filter-bar.tsx";
import type { OperatorToken } from "./operator-token.ts";
import { TokenGate } from "./token-gate.tsx";
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
  if (token.value.value === undefined) {
    return (
      <PageFrame title={t("title")}>
        <TokenGate token={token} isUnknown={watch.answer.value?.kind === "unknown"} />
      </PageFrame>
    );
  }
  const chosen = watch.chosen.value;
  return (
    <PageFrame title={t("title")} head={<Head token={token} watch={watch} />}>
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
    </PageFrame>
  );
}

const TONES = {
  seen: ["good", "live"],
  refused: ["bad", "refusal"],
  silent: ["busy", "silent"],
  unknown: ["busy", "looking"],
} as const satisfies Readonly<Record<string, readonly [Tone, string]>>;

function Head({ token, watch }: TreeViewProps) {
  const t = useWords(TREE_WORDS);
  const [tone, word] = TONES[watch.answer.value?.kind ?? "unknown"];
  return (
    <>
      <StatusPill tone={tone} spoken={t(word)}>
        {t(word)}
      </StatusPill>
      <Button look="quiet" icon="key" label={t("signOut")} onClick={() => token.forget()} />
    </>
  );
}
