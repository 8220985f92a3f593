import type { Expected } from "./bands.ts";
import type { ChartScale } from "./chart.tsx";

interface BandAreaProps {
  readonly stretches: readonly (readonly Expected[])[];
  readonly scale: ChartScale;
  /** Where the chart ends to the left and to the right, and the greatest value that it shows. */
  readonly from: number;
  readonly to: number;
  readonly max: number;
}

/** What is expected, as an area behind what was counted. */
export function BandArea({ stretches, scale, from, to, max }: BandAreaProps) {
  return (
    <>
      {stretches.map((stretch) => {
        const seen = stretch.filter(({ atMs }) => atMs >= from && atMs <= to);
        const dot = (atMs: number, value: number): string =>
          `${scale.x(atMs)},${scale.y(Math.min(max, value))}`;
        const upper = seen.map(({ atMs, high }) => dot(atMs, high));
        const lower = seen.map(({ atMs, low }) => dot(atMs, low)).toReversed();
        return <polygon key={stretch[0]?.atMs} class="band" points={[...upper, ...lower].join(" ")} />;
      })}
    </>
  );
}
