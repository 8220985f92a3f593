import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { ActorLine, MoreLine } from "./tree-line.tsx";
import type { TreeWatch } from "./tree-watch.ts";
import { TREE_WORDS } from "./tree-words.ts";

/** Every column behind the name: its text, and where it is left out when there is no room. */
const COLUMNS = [
  ["type", "wide"],
  ["state", "state-column"],
  ["mailbox", "number"],
  ["age", "number"],
  ["restarts", "number"],
  ["failed", "number"],
  ["handled", "number wide"],
  ["uptime", "number wide"],
] as const;

/** The tree, with a line for each actor that is unfolded. */
export function TreeTable({ watch }: { readonly watch: TreeWatch }) {
  const t = useWords(TREE_WORDS);
  const rows = watch.rows.value;
  const answer = watch.answer.value;
  const isOld = answer?.kind === "silent" || answer?.kind === "refused" ? " tree-old" : "";
  // The nodes stand there in any case.
  const isEmpty =
    answer?.kind === "seen" && watch.typed.value.trim() !== "" && rows.every(({ level }) => level === 0);
  return (
    <section class={`panel tree${isOld}`} tabIndex={0} aria-label={t("title")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("actor")}</th>
            {COLUMNS.map(([column, look]) => (
              <th key={column} scope="col" class={look}>
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) =>
            row.kind === "more" ? (
              <MoreLine key={row.id} row={row} columns={COLUMNS.length} />
            ) : (
              <ActorLine
                key={row.id}
                row={row}
                isChosen={watch.chosen.value?.id === row.id}
                onTurn={() => watch.turn(row.id)}
                onChoose={() => (watch.chosen.value = row)}
              />
            ),
          )}
        </tbody>
      </table>
      {isEmpty && <p class="muted nothing">{t("nothing")}</p>}
    </section>
  );
}
