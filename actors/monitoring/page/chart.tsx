import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { usePageSettings } from "../../../runtime/pages/kit/page-settings.ts";
import { minuteOfDay, tickTime } from "./figures.ts";
import { timeTicks, valueTicks } from "./scale.ts";
import type { Point } from "./stats.ts";

const HEIGHT = 210;
const MARGIN = { top: 10, right: 8, bottom: 24, left: 52 } as const;
/** A mark of time needs about so many pixels. */
const TICK_WIDTH = 76;
const VALUE_TICKS = 4;

/** Where things stand in a chart, in pixels. */
export interface ChartScale {
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly width: number;
}

interface ChartProps {
  readonly label: string;
  readonly points: readonly Point[];
  /** The greatest value that is drawn. */
  readonly max: number;
  readonly valueText: (value: number) => string;
  /** The time that somebody points at. */
  readonly pointed: Signal<number | undefined>;
  readonly draw: (scale: ChartScale) => ComponentChildren;
}

/** A field with time to the right and values upwards. The arrow keys go from point to point, as a pointer does. */
export function Chart({ label, points, max, valueText, pointed, draw }: ChartProps) {
  const { place, width } = useWidth();
  const fromMs = points[0]?.fromMs ?? 0;
  const toMs = points.at(-1)?.toMs ?? 1;
  const ticks = valueTicks(max, VALUE_TICKS);
  const top = ticks.at(-1) ?? 1;
  const inner = Math.max(1, width - MARGIN.left - MARGIN.right);
  const scale: ChartScale = {
    x: (atMs) => MARGIN.left + ((atMs - fromMs) / (toMs - fromMs)) * inner,
    y: (value) => MARGIN.top + (1 - value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom),
    width: inner,
  };
  const indexNow = points.findIndex((point) => isIn(point, pointed.value));
  const go = (index: number): void => {
    pointed.value = points[Math.min(points.length - 1, Math.max(0, index))]?.fromMs;
  };
  const timeAt = (offsetX: number): number => fromMs + ((offsetX - MARGIN.left) / inner) * (toMs - fromMs);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === "ArrowLeft") go(indexNow < 0 ? points.length - 1 : indexNow - 1);
    if (key === "ArrowRight") go(indexNow < 0 ? 0 : indexNow + 1);
    if (key === "Escape") pointed.value = undefined;
  };
  return (
    <div class="chart" ref={place} tabIndex={0} role="img" aria-label={label} onKeyDown={onKeyDown}>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          aria-hidden="true"
          onPointerMove={({ offsetX }) =>
            go(points.findIndex((point) => isIn(point, timeAt(Math.max(offsetX, MARGIN.left)))))
          }
          onPointerLeave={() => (pointed.value = undefined)}
        >
          <ValueAxis scale={scale} ticks={ticks} text={valueText} />
          <TimeAxis scale={scale} points={points} />
          <Pointed scale={scale} point={points[indexNow]} />
          {draw(scale)}
        </svg>
      )}
    </div>
  );
}

/** Whether a time lies in a point. */
export function isIn({ fromMs, toMs }: Point, atMs: number | undefined): boolean {
  return atMs !== undefined && atMs >= fromMs && atMs < toMs;
}

/** A chart is drawn in pixels, so that its text keeps its size. */
function useWidth() {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return { place, width };
}

interface ValueAxisProps {
  readonly scale: ChartScale;
  readonly ticks: readonly number[];
  readonly text: (value: number) => string;
}

function ValueAxis({ scale, ticks, text }: ValueAxisProps) {
  const right = MARGIN.left + scale.width;
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={MARGIN.left} x2={right} y1={scale.y(tick)} y2={scale.y(tick)} />
          <text class="tick" x={MARGIN.left - 8} y={scale.y(tick) + 4} text-anchor="end">
            {text(tick)}
          </text>
        </g>
      ))}
    </>
  );
}

function TimeAxis({ scale, points }: { readonly scale: ChartScale; readonly points: readonly Point[] }) {
  const tag = usePageSettings().language.value;
  const range = { fromMs: points[0]?.fromMs ?? 0, toMs: points.at(-1)?.toMs ?? 0 };
  const ticks = timeTicks(range, Math.max(2, Math.floor(scale.width / TICK_WIDTH)), minuteOfDay);
  const bottom = HEIGHT - MARGIN.bottom;
  const right = MARGIN.left + scale.width;
  return (
    <>
      {ticks.map((tick) => {
        const at = scale.x(tick);
        // The outermost texts stay inside.
        const anchor = at > right - TICK_WIDTH / 2 ? "end" : "middle";
        return (
          <g key={tick}>
            <line class="mark" x1={at} x2={at} y1={bottom} y2={bottom + 4} />
            <text class="tick" x={at} y={bottom + 17} text-anchor={anchor}>
              {tickTime(tick, tag)}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Pointed({ scale, point }: { readonly scale: ChartScale; readonly point: Point | undefined }) {
  if (point === undefined) return null;
  const from = scale.x(point.fromMs);
  const width = Math.max(2, scale.x(point.toMs) - from);
  return (
    <rect
      class="pointed"
      x={from}
      y={MARGIN.top}
      width={width}
      height={HEIGHT - MARGIN.top - MARGIN.bottom}
    />
  );
}
