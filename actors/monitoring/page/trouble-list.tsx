import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { pointTime } from "./figures.ts";
import { troublesOf } from "./log-troubles.ts";
import type { LogReaders } from "./log-troubles.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

/** What is not read at present, and why; nothing where all is well. */
export function TroubleList({ readers }: { readonly readers: readonly LogReaders[] }) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const troubles = troublesOf(readers);
  if (troubles.length === 0) return null;
  return (
    <section class="note log-troubles" role="alert">
      <h2 class="bad">{t("unread")}</h2>
      <ul>
        {troubles.map(({ node, log, atMs, text }) => (
          <li key={`${node} ${log}`}>
            <strong>{log === undefined ? t("silentNode", node) : t("logAt", log, node)}</strong>{" "}
            {atMs !== undefined && <span class="muted">{pointTime(atMs, tag)}</span>} {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
