import { readableName } from "../../../runtime/actor/actor-name.ts";
import { duration } from "../../../runtime/pages/kit/duration.ts";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { StateTag } from "./state-tag.tsx";
import { RUNNING, SILENT } from "./tree-answer.ts";
import type { Actor } from "./tree-answer.ts";
import type { ActorRow, MoreRow } from "./tree-rows.ts";
import { TREE_WORDS } from "./tree-words.ts";

/** Mail that waits for less is on its way. */
const LATE_MS = 1_000;

interface ActorLineProps {
  readonly row: ActorRow;
  readonly isChosen: boolean;
  readonly onTurn: () => void;
  readonly onChoose: () => void;
}

/** One actor: where it hangs, and what an operator looks for. */
export function ActorLine({ row, isChosen, onTurn, onChoose }: ActorLineProps) {
  const t = useWords(TREE_WORDS);
  const { actor, level } = row;
  return (
    <tr class={`line${level === 0 ? " line-node" : ""}`} aria-current={isChosen} onClick={onChoose}>
      <th scope="row">
        <span class="branch" style={{ "--level": level }}>
          <FoldButton row={row} onTurn={onTurn} />
          <button type="button" class="name ellipsis" aria-label={t("details", readableName(actor.name))}>
            {readableName(actor.name)}
          </button>
          {actor.state !== RUNNING && (
            <span class="narrow">
              <StateTag state={actor.state} />
            </span>
          )}
          {actor.truncated === true && <span class="tag tag-busy">{t("partly")}</span>}
        </span>
      </th>
      <td class="wide type">{actor.type}</td>
      <td class="state-column">
        <StateTag state={actor.state} />
      </td>
      {actor.state === SILENT ? <Silence actor={actor} /> : <Numbers actor={actor} />}
    </tr>
  );
}

/** Why there are no numbers. */
function Silence({ actor }: { readonly actor: Actor }) {
  const why = actor.details?.["why"];
  return (
    <>
      <td class="why ellipsis" colSpan={4}>
        {typeof why === "string" && why}
      </td>
      <td class="wide" colSpan={2} />
    </>
  );
}

function Numbers({ actor }: { readonly actor: Actor }) {
  const { language } = usePageSettings();
  const { depth, oldestAgeMs } = actor.mailbox;
  const time = (ms: number) => duration(ms, language.value);
  return (
    <>
      <Count value={depth} />
      <td class={`number ${oldestAgeMs >= LATE_MS ? "busy" : "faint"}`}>{depth > 0 && time(oldestAgeMs)}</td>
      <Count value={actor.restarts} look="busy" />
      <Count value={actor.failed} look="bad" />
      <Count value={actor.handled} look="wide" />
      <td class="number wide faint">{time(actor.uptimeMs)}</td>
    </>
  );
}

/** How many actors are not shown here. */
export function MoreLine({ row, columns }: { readonly row: MoreRow; readonly columns: number }) {
  const t = useWords(TREE_WORDS);
  return (
    <tr class="line-more">
      <td colSpan={columns + 1}>
        <span class="branch" style={{ "--level": row.level }}>
          <span class="fold" />… {t("more", row.hidden)}
        </span>
      </td>
    </tr>
  );
}

function FoldButton({ row, onTurn }: Pick<ActorLineProps, "row" | "onTurn">) {
  const t = useWords(TREE_WORDS);
  if (row.fold === "leaf") return <span class="fold" />;
  const isOpen = row.fold === "open";
  return (
    <button
      type="button"
      class={`fold${isOpen ? " fold-open" : ""}`}
      aria-expanded={isOpen}
      aria-label={t(isOpen ? "fold" : "unfold", readableName(row.actor.name))}
      onClick={(event) => {
        event.stopPropagation();
        onTurn();
      }}
    >
      <Icon name="fold" />
    </button>
  );
}

/** A number that stands back while it is zero. */
function Count({ value, look = "" }: { readonly value: number; readonly look?: string }) {
  const { language } = usePageSettings();
  return (
    <td class={`number ${look}${value === 0 ? " faint" : ""}`}>{value.toLocaleString(language.value)}</td>
  );
}
