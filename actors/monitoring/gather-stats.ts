import { keyOf } from "../../runtime/counting/block-counts.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { countedToMs, daysPage, TIERS } from "../../runtime/counting/pages.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import type { TimeRange } from "../../runtime/counting/points.ts";
import { GivingWay } from "../../runtime/time/giving-way.ts";
import type { MemoryShare } from "./answer-memory.ts";
import { eachCounted, eachDay } from "./ask-partials.ts";
import type { CountedPlaces } from "./ask-partials.ts";
import type { Pour } from "./read-together.ts";
import type { StatsQuestion } from "./stats-question.ts";
import { StatsSorter } from "./stats-sorter.ts";
import type { Column, Sorting } from "./stats-sorter.ts";

/** What a question gets of all that was counted. */
export interface Gathered {
  /** The largest first, as many as were asked for. */
  readonly columns: readonly Shown[];
  /** How many combinations of values there are. */
  readonly series: number;
  readonly folded: number;
  readonly revisions: number;
  /** From when on each way of counting is in the range. */
  readonly generations: ReadonlyMap<string, number>;
  readonly partitions: readonly PartitionView[];
}

/** A combination of values with its total. */
export interface Shown extends Column {
  readonly total: number;
}

/** Where a question is answered from. */
export interface Gathering {
  readonly places: CountedPlaces;
  readonly question: StatsQuestion;
  readonly shape: MetricShape;
  readonly nowMs: number;
  /** Whether the days of the question's zone are kept for ever. */
  readonly keepsDays: boolean;
  readonly memory: MemoryShare;
}

type Asking = Pick<RouteContext, "ask">;

/** Asks for everything that a question is about, part by part, and sorts it. Meanwhile everything else goes on. @throws TooManySeries, NoMemory */
export async function gatherStats(gathering: Gathering, context: Asking): Promise<Gathered> {
  const { question, shape, memory } = gathering;
  const first = await sorted(gathering, { question, shape, memory }, context);
  const ranked = [...first.sorter.entries.values()].filter(({ total }) => total > 0);
  ranked.sort((a, b) => b.total - a.total);
  const shown = ranked.slice(0, shownOf(question, shape));
  const chosen = new Set(shown.map(({ key }) => key));
  const { sorter, partitions } = first.sorter.needsChoice
    ? await sorted(gathering, { question, shape, memory, chosen }, context)
    : first;
  const columns = shown.flatMap(({ key }) => {
    const { column, total = 0 } = sorter.entries.get(key) ?? {};
    return column === undefined ? [] : [{ ...column, total }];
  });
  const { folded, revisions, generations } = sorter;
  const finer = await finerDays(gathering, columns, context);
  return { columns: finer, series: ranked.length, folded, revisions, generations, partitions };
}

/** How many combinations of values are shown: where there is one, `top` is about the things in it. Pure. */
export function shownOf({ by, top }: StatsQuestion, { value }: Pick<MetricShape, "value">): number {
  return value === "top" && by.length === 0 ? 1 : top;
}

interface Sorted {
  readonly sorter: StatsSorter;
  readonly partitions: readonly PartitionView[];
}

async function sorted(gathering: Gathering, sorting: Sorting, context: Asking): Promise<Sorted> {
  const { places, question, nowMs, keepsDays } = gathering;
  const { metric, points, days, step } = question;
  const fromMs = points.starts[0] ?? points.endMs;
  // What no page has any more is only in the days that are kept for ever.
  const keptMs = step === "day" && keepsDays ? days.nextDayOf(nowMs - TIERS.quarter.keptMs) : 0;
  const sorter = new StatsSorter(sorting);
  const pour = pouring(question, sorter);
  let partitions = await pourDays(
    gathering,
    { fromMs, toMs: Math.min(points.endMs, keptMs) },
    { pour, context },
  );
  if (points.endMs > keptMs) {
    const wanted = { metric, fromMs: Math.max(fromMs, keptMs), toMs: points.endMs, nowMs };
    partitions = await eachCounted({ places, wanted, context }, pour);
  }
  return { sorter, partitions };
}

interface Pouring {
  readonly pour: Pour;
  readonly context: Asking;
}

/** Pours out local days, month after month. Answers how the partitions stand. */
async function pourDays(
  gathering: Gathering,
  range: TimeRange,
  { pour, context }: Pouring,
): Promise<readonly PartitionView[]> {
  const { places, nowMs } = gathering;
  const { metric, days } = gathering.question;
  let partitions: readonly PartitionView[] = [];
  for (const { page, ...month } of monthsOf(gathering, range)) {
    const asked = { places, wanted: { metric, ...month, nowMs }, context };
    partitions = await eachDay(asked, { page, zone: days.zone }, pour);
  }
  return partitions;
}

interface Month extends TimeRange {
  readonly page: string;
}

function monthsOf({ question, nowMs }: Gathering, { fromMs, toMs }: TimeRange): Month[] {
  const { metric, days, points } = question;
  const endMs = Math.min(toMs, countedToMs(nowMs));
  const months = new Map<string, Month>();
  for (const startMs of points.starts) {
    if (startMs < fromMs || startMs >= endMs) continue;
    const page = daysPage(metric, days, startMs);
    const begun = months.get(page) ?? { fromMs: startMs };
    months.set(page, { ...begun, page, toMs: days.nextDayOf(startMs) });
  }
  return [...months.values()];
}

/** Sorts what is poured out; everything else has its turns meanwhile. */
function pouring({ metric }: StatsQuestion, sorter: StatsSorter): Pour {
  const way = new GivingWay();
  return async (part: Counts) => {
    for (const [number, decode, shape] of part.blocksOf(metric)) {
      await way.pause();
      await sorter.add(number, decode(), shape, way);
    }
  };
}

/** Days are kept with a smaller error of different values than blocks: it is taken where a day is there as a whole. */
async function finerDays(
  gathering: Gathering,
  columns: readonly Shown[],
  context: Asking,
): Promise<readonly Shown[]> {
  const { question, shape, keepsDays, memory } = gathering;
  const isFiner = shape.value === "unique" && question.step === "day" && keepsDays;
  if (!isFiner || columns.length === 0) return columns;
  const keyOfColumn = ({ values }: Shown): string => keyOf(question.by.map((name) => values[name] ?? ""));
  const chosen = new Set(columns.map(keyOfColumn));
  const sorter = new StatsSorter({ question, shape, memory, chosen });
  const { starts, endMs } = question.points;
  const pour = pouring(question, sorter);
  await pourDays(gathering, { fromMs: starts[0] ?? 0, toMs: endMs }, { pour, context });
  return columns.map((column) => withFiner(column, sorter.entries.get(keyOfColumn(column))?.column));
}

/** That a day is there as a whole is seen by its count, which is exact in both. */
function withFiner(column: Shown, finer: Column | undefined): Shown {
  if (finer === undefined) return column;
  const isWhole = (point: number): boolean => finer.counts[point] === column.counts[point];
  const uniques = [...column.uniques].map(([point, unique]) => {
    const other = finer.uniques.get(point);
    return [point, other !== undefined && isWhole(point) ? other : unique] as const;
  });
  const isAllWhole = column.counts.every((_, point) => isWhole(point));
  return { ...column, uniques: new Map(uniques), unique: isAllWhole ? finer.unique : column.unique };
}
