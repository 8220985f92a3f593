import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { Chart, isIn } from "./chart.tsx";
import type { ChartScale } from "./chart.tsx";
import { ChartPanel } from "./chart-panel.tsx";
import type { ChartKey } from "./chart-panel.tsx";
import { latency } from "./figures.ts";
import { latenciesOf, QUANTILES, stretchesOf } from "./lines.ts";
import type { Latency, Quantile, Stretch } from "./lines.ts";
import type { Stats } from "./stats.ts";
import type { TrafficWatch } from "./traffic-watch.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

const LINES: readonly (ChartKey & { readonly quantile: Quantile })[] = [
  { id: "p50", name: "p50", quantile: "0.5" },
  { id: "p90", name: "p90", quantile: "0.9" },
  { id: "p99", name: "p99", quantile: "0.99" },
];

interface LatencyChartProps {
  readonly watch: TrafficWatch;
  readonly stats: Stats;
}

/** How long requests took. */
export function LatencyChart({ watch, stats }: LatencyChartProps) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const latencies = latenciesOf(stats);
  const values = latencies.flatMap(({ seconds }) => QUANTILES.flatMap((quantile) => seconds[quantile] ?? []));
  const text = ({ seconds }: Latency, { id }: ChartKey): string => {
    const value = seconds[LINES.find((line) => line.id === id)?.quantile ?? "0.5"];
    return value === undefined ? "–" : latency(value, tag);
  };
  const pointed = latencies.find((point) => isIn(point, watch.pointedMs.value));
  const shown = pointed ?? latencies.findLast(({ seconds }) => seconds["0.5"] !== undefined);
  return (
    <ChartPanel
      title={t("latency")}
      points={latencies}
      keys={LINES}
      text={text}
      shown={shown}
      isEmpty={values.length === 0}
    >
      <Chart
        label={t("latency")}
        points={latencies}
        max={Math.max(0, ...values)}
        valueText={(value) => (value === 0 ? "0" : latency(value, tag))}
        pointed={watch.pointedMs}
        draw={(scale) =>
          LINES.map(({ id, quantile }) => (
            <Line key={id} id={id} stretches={stretchesOf(latencies, quantile)} scale={scale} />
          ))
        }
      />
    </ChartPanel>
  );
}

interface LineProps {
  readonly id: string;
  readonly stretches: readonly Stretch[];
  readonly scale: ChartScale;
}

function Line({ id, stretches, scale }: LineProps) {
  return (
    <>
      {stretches.map(({ isOpen, dots }) => {
        const places = dots.map(
          ({ atMs, value }) => `${scale.x(atMs).toFixed(1)},${scale.y(value).toFixed(1)}`,
        );
        const last = dots.at(-1);
        // A point alone makes no line.
        if (last !== undefined && dots.length === 1) {
          return (
            <circle
              key={last.atMs}
              class={`dot series-${id}`}
              cx={scale.x(last.atMs)}
              cy={scale.y(last.value)}
              r={3}
            />
          );
        }
        return (
          <polyline
            key={last?.atMs}
            class={`curve series-${id}${isOpen ? " curve-open" : ""}`}
            points={places.join(" ")}
          />
        );
      })}
    </>
  );
}
