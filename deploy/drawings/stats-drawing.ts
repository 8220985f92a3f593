import type { STATS_ANSWER_FIELDS } from "../../protocols/stats.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable, fitting } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { duration, oneLine } from "./units.ts";

/** What `/v1/stats` answers. */
export type Stats = BodyOf<typeof STATS_ANSWER_FIELDS>;
type Series = Stats["series"][number];

const NAME_MAX = 28;
const VALUE_MAX = 80;
/** Stands behind what may still grow. */
const OPEN = "~";
const NONE = "-";

/** One column of numbers: what it is called, and its number at each point. */
interface Column {
  readonly name: string;
  readonly numbers: readonly (number | null)[];
}

/** Draws what was counted, a line for each time block, with what may still grow and how complete it all is; as many columns as fit, and how many do not. Pure. */
export function drawStats(stats: Stats, paint: Paint, widthMax = Number.POSITIVE_INFINITY): string {
  const parts = [
    stats.value === "top" ? drawTop(stats, paint) : drawPoints(stats, paint, widthMax),
    totalsOf(stats),
    paint("dim", footOf(stats)),
    stats.laggards.map((laggard) => paint("alarm", laggardOf(laggard))).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function drawPoints(stats: Stats, paint: Paint, widthMax: number): string {
  const { times, index, provisionalFrom, series } = stats;
  if (series.length === 0) return "Nothing was counted.";
  const isOpen = times.map((fromMs) => provisionalFrom !== null && fromMs >= provisionalFrom);
  const about = [
    ["block", ...times.map((fromMs) => blockTime(fromMs, stats))],
    ...(index === undefined ? [] : [["index", ...times.map((_, point) => String(index[point] ?? NONE))]]),
    ["", ...isOpen.map((is) => (is ? OPEN : ""))],
  ];
  const numbers = series
    .flatMap((one) => columnsOf(one, stats))
    .map((column) => cellsOf(column, times.length));
  const shown = Math.max(1, fitting([...about, ...numbers], widthMax) - about.length);
  const columns = [...about.slice(0, -1), ...numbers.slice(0, shown), ...about.slice(-1)];
  const rows = times.map((_, point): Row => ({
    cells: columns.map((cells) => cells[point + 1] ?? ""),
    style: isOpen[point] === true ? "dim" : "plain",
  }));
  const headings = columns.map(([heading = ""]) => heading);
  const table = drawTable({ headings, numbers: headings.slice(1), rows }, paint);
  const left = numbers.length - shown;
  return left <= 0 ? table : `${table}\n${paint("dim", leftOut(left, widthMax))}`;
}

function leftOut(columns: number, widthMax: number): string {
  const what = columns === 1 ? "1 more column does" : `${columns} more columns do`;
  return `… ${what} not fit into ${widthMax} letters: a smaller --top, fewer --q, or --json for all of them`;
}

/** A column as it is drawn, its heading first. */
function cellsOf({ name, numbers }: Column, points: number): readonly string[] {
  return [name, ...Array.from({ length: points }, (_, point) => numberText(numbers[point]))];
}

function columnsOf(series: Series, { value }: Stats): readonly Column[] {
  const name = oneLine(Object.values(series.values).join(" / ") || "all", NAME_MAX);
  if (value === "sum") return [{ name, numbers: series.sum ?? [] }];
  if (value === "unique") return [{ name, numbers: series.unique ?? [] }];
  if (value !== "latency") return [{ name, numbers: series.count }];
  const quantiles = Object.entries(series.quantiles ?? {});
  const shares = quantiles.map(([share, numbers]) => ({ name: `${name} ${quantileName(share)}`, numbers }));
  return [{ name: `${name} count`, numbers: series.count }, ...shares];
}

function drawTop({ series }: Stats, paint: Paint): string {
  const items = series.flatMap(({ values, top = [] }) =>
    top.map((item) => ({ ...item, of: Object.values(values).join(" / ") })),
  );
  if (items.length === 0) return "Nothing was counted.";
  const hasParts = items.some(({ of }) => of !== "");
  const rows = items.map(({ of, value, count, error }) => ({
    cells: [
      ...(hasParts ? [oneLine(of, NAME_MAX)] : []),
      oneLine(value, VALUE_MAX),
      numberText(count),
      error === 0 ? "exact" : `up to ${numberText(error)} too many`,
    ],
  }));
  const headings = [...(hasParts ? ["of"] : []), "value", "count", "error"];
  return drawTable({ headings, numbers: ["count"], rows }, paint);
}

function totalsOf({ series, value, more }: Stats): string {
  const lines = series.map(({ values, total, uniqueTotal }) => {
    const name = oneLine(Object.values(values).join(" / ") || "all", NAME_MAX);
    const unique = uniqueTotal === undefined ? "" : `, ${numberText(uniqueTotal)} different`;
    return `${name}: ${numberText(total)} records${unique}`;
  });
  const rest = more > 0 ? [`… ${more} more series: --top shows more of them`] : [];
  return value === "top" ? rest.join("\n") : [...lines, ...rest].join("\n");
}

function footOf(stats: Stats): string {
  const { completeness, watermark, rev, folded, provisionalFrom, error, tz = "UTC" } = stats;
  const { keptFrom, exactFrom } = stats;
  const words = [
    `${Math.floor(completeness * 1_000) / 10} % of the partitions are counted up to the end`,
    watermark === null ? "nothing is final yet" : `everything is counted up to ${timeIn(watermark, tz)}`,
    ...(provisionalFrom === null ? [] : [`${OPEN} may still grow`]),
    ...(rev === 0 ? [] : [`changed ${rev} times by late records`]),
    ...(folded === 0 ? [] : [`${numberText(folded)} records counted as __other__`]),
    ...(error.quantile === undefined ? [] : [`quantiles are ±${error.quantile * 100} %`]),
    ...(error.unique === undefined ? [] : [`different values are ±${(error.unique * 100).toFixed(1)} %`]),
    ...(keptFrom === undefined ? [] : [`nothing is kept of what was before ${timeIn(keptFrom, tz)}`]),
    ...(exactFrom === undefined
      ? []
      : [`before ${timeIn(exactFrom, tz)} all that was in a quarter of an hour stands at its beginning`]),
    `times in ${tz}`,
  ];
  return words.join("; ");
}

function laggardOf({ partition, state, lagMs }: Stats["laggards"][number]): string {
  const behind = lagMs === undefined ? "" : `, ${duration(lagMs)} behind`;
  return `${oneLine(partition)} is ${state}${behind}`;
}

/** A day is told by its date; a block by the time at which it begins, with the date where there are several days. */
function blockTime(atMs: number, { step, tz = "UTC", from, to }: Stats): string {
  const [day = "", time = ""] = timeIn(atMs, tz).split(" ");
  if (step === "1d") return day;
  const isOneDay = timeIn(from, tz).slice(0, day.length) === timeIn(to - 1, tz).slice(0, day.length);
  return isOneDay ? time : `${day} ${time}`;
}

/** `2026-11-22 18:12:00`: how Swedes write a time, and everybody can read it. */
function timeIn(atMs: number, timeZone: string): string {
  return new Date(atMs).toLocaleString("sv-SE", { timeZone });
}

function quantileName(share: string): string {
  return `p${Math.round(Number(share) * 10_000) / 100}`;
}

function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 3 : 0 });
}
