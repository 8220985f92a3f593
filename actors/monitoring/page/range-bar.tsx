import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { choiceOf, RANGES } from "./range.ts";
import type { RangeName } from "./range.ts";
import type { TrafficWatch } from "./traffic-watch.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

/** Which time is shown, and how finely. */
export function RangeBar({ watch }: { readonly watch: TrafficWatch }) {
  const t = useWords(TRAFFIC_WORDS);
  const { range, step } = watch.choice.value;
  return (
    <div class="range-bar">
      <div class="choices" role="group" aria-label={t("range")}>
        {(Object.keys(RANGES) as RangeName[]).map((name) => (
          <button
            key={name}
            type="button"
            class="choice"
            aria-pressed={name === range}
            onClick={() => watch.choose(choiceOf(name))}
          >
            {t(name)}
          </button>
        ))}
      </div>
      <div class="choices" role="group" aria-label={t("step")}>
        {RANGES[range].steps.map((wide) => (
          <button
            key={wide}
            type="button"
            class="choice"
            aria-pressed={wide === step}
            onClick={() => watch.choose({ range, step: wide })}
          >
            {t(`step${wide}`)}
          </button>
        ))}
      </div>
      <p class="muted zone">{t("zone", watch.zone)}</p>
    </div>
  );
}
