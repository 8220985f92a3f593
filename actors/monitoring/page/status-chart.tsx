import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { BandArea } from "./band-area.tsx";
import type { Expected } from "./bands.ts";
import { barsOf, gathered, STATUSES } from "./bars.ts";
import type { Bar, Status } from "./bars.ts";
import { Chart, isIn } from "./chart.tsx";
import type { ChartScale } from "./chart.tsx";
import { ChartPanel } from "./chart-panel.tsx";
import type { ChartKey } from "./chart-panel.tsx";
import { figure } from "./figures.ts";
import { totalOf } from "./stats.ts";
import type { Stats } from "./stats.ts";
import type { TrafficWatch } from "./traffic-watch.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

/** Narrower bars are no bars. */
const BAR_WIDTH_MIN = 3;

interface StatusChartProps {
  readonly watch: TrafficWatch;
  readonly stats: Stats;
  /** How many a second are expected. */
  readonly band: readonly (readonly Expected[])[];
}

/** How many requests there were a second, and how they ended. */
export function StatusChart({ watch, stats, band }: StatusChartProps) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const bars = barsOf(stats);
  const seen = STATUSES.filter((status) => bars.some(({ perSecond }) => perSecond[status] > 0));
  const keys = [...seen, "all" as const].map((id) => ({
    id,
    name: id === "all" || id === "other" ? t(id) : id,
  }));
  const text = ({ perSecond, all }: Bar, { id }: ChartKey): string =>
    figure(id === "all" ? all : perSecond[id as Status], tag);
  const shown =
    bars.find((bar) => isIn(bar, watch.pointedMs.value)) ?? bars.findLast(({ isOpen }) => !isOpen);
  const most = Math.max(...bars.map(({ all }) => all));
  // A band that is far above what was counted is cut off: the bars are to be seen.
  const max = Math.max(most, ...band.flat().map(({ high }) => Math.min(high, 2 * most)));
  const [from, to] = [bars[0]?.fromMs ?? 0, bars.at(-1)?.toMs ?? 0];
  return (
    <ChartPanel
      title={t("status")}
      points={bars}
      keys={keys}
      text={text}
      shown={shown}
      isEmpty={totalOf(stats) === 0}
    >
      <Chart
        label={t("status")}
        points={bars}
        max={max}
        valueText={(value) => figure(value, tag)}
        pointed={watch.pointedMs}
        draw={(scale) => (
          <>
            <BandArea stretches={band} scale={scale} from={from} to={to} max={max} />
            <Bars bars={bars} scale={scale} />
          </>
        )}
      />
      {band.length > 0 && <p class="muted band-note">{t("expected")}</p>}
    </ChartPanel>
  );
}

function Bars({ bars, scale }: { readonly bars: readonly Bar[]; readonly scale: ChartScale }) {
  return (
    <>
      {gathered(bars, Math.floor(scale.width / BAR_WIDTH_MIN)).map((bar) => (
        <OneBar key={bar.fromMs} bar={bar} scale={scale} />
      ))}
    </>
  );
}

function OneBar({ bar, scale }: { readonly bar: Bar; readonly scale: ChartScale }) {
  const from = scale.x(bar.fromMs);
  const width = scale.x(bar.toMs) - from;
  const gap = Math.min(1.5, width / 6);
  let below = 0;
  const parts = STATUSES.flatMap((status) => {
    const value = bar.perSecond[status];
    if (value === 0) return [];
    const bottom = scale.y(below);
    below += value;
    const top = scale.y(below);
    return [
      <rect
        key={status}
        class={`bar series-${status}`}
        x={from + gap / 2}
        y={top}
        width={Math.max(0.5, width - gap)}
        height={Math.max(0, bottom - top)}
      />,
    ];
  });
  return <g class={bar.isOpen ? "bar-open" : ""}>{parts}</g>;
}
