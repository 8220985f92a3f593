import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import type { AlertsWatch } from "./alerts-watch.ts";
import { pointTime } from "./figures.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

/** The alerts in force, with what is wrong; nothing where none fires. */
export function AlertList({ watch }: { readonly watch: AlertsWatch }) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const alerts = watch.alerts.value;
  if (alerts.length === 0) return null;
  return (
    <section class="note alerts" role="alert">
      <h2 class="bad">{t("alerts")}</h2>
      <ul>
        {alerts.map(({ rule, severity, state, summary, badSinceMs, acknowledged }) => (
          <li key={rule} class={severity === "critical" ? "bad" : ""}>
            {badSinceMs !== undefined && <span class="muted">{pointTime(badSinceMs, tag)}</span>} {summary}
            {state === "recovering" && ` (${t("recovering")})`}
            {acknowledged !== undefined && ` (${t("lookedAfter", acknowledged.by)})`}
          </li>
        ))}
      </ul>
    </section>
  );
}
