import { keyOf } from "../../runtime/counting/block-counts.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import type { Counts } from "../../runtime/counting/counts.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { daysPage, TIERS } from "../../runtime/counting/pages.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import { GivingWay } from "../../runtime/time/giving-way.ts";
import { askDays, askEach } from "./ask-partials.ts";
import type { CountedApart, CountedPlaces } from "./ask-partials.ts";
import type { StatsQuestion } from "./stats-question.ts";
import { StatsSorter } from "./stats-sorter.ts";
import type { Column, Sorting } from "./stats-sorter.ts";

const DAY_MS = TIERS.block.pageBlocks * BLOCK_MS;
/** So much time is asked for at once, in days, so that a long range takes no more memory than its answer: of what is kept in blocks, and of what is in quarters of an hour. */
const CHUNK_DAYS = { block: 1, quarter: 8 } as const;

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
}

type Asking = Pick<RouteContext, "ask">;

/** Asks for everything that a question is about, day after day, and sorts it. Meanwhile everything else goes on. @throws TooManySeries */
export async function gatherStats(gathering: Gathering, context: Asking): Promise<Gathered> {
  const { question, shape } = gathering;
  const first = await sorted(gathering, { question, shape }, context);
  const ranked = [...first.sorter.entries.values()].filter(({ total }) => total > 0);
  ranked.sort((a, b) => b.total - a.total);
  const shown = ranked.slice(0, shownOf(question, shape));
  const { sorter, partitions } = first.sorter.needsChoice
    ? await sorted(gathering, { question, shape, chosen: new Set(shown.map(({ key }) => key)) }, context)
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
  const { question, nowMs, keepsDays } = gathering;
  const { points, days, step } = question;
  const fromMs = points.starts[0] ?? points.endMs;
  // What no page has any more is only in the days that are kept for ever.
  const keptMs = step === "day" && keepsDays ? days.nextDayOf(nowMs - TIERS.quarter.keptMs) : 0;
  const sorter = new StatsSorter(sorting);
  const way = new GivingWay();
  let partitions: readonly PartitionView[] = [];
  for (const chunk of [
    ...monthsOf(gathering, { fromMs, toMs: Math.min(points.endMs, keptMs) }),
    ...chunksOf({ fromMs: Math.max(fromMs, keptMs), toMs: points.endMs }, nowMs),
  ]) {
    const told = await askChunk(gathering, chunk, context);
    for (const part of told.parts) await pour(part, { question, sorter }, way);
    partitions = told.partitions;
  }
  return { sorter, partitions };
}

interface Chunk {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where days are kept; undefined where blocks are asked for. */
  readonly page?: string;
}

function chunksOf({ fromMs, toMs }: Chunk, nowMs: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = fromMs; at < toMs;) {
    const days = nowMs - at > TIERS.block.keptMs ? CHUNK_DAYS.quarter : CHUNK_DAYS.block;
    const end = Math.min(toMs, (Math.floor(at / DAY_MS) + days) * DAY_MS);
    chunks.push({ fromMs: at, toMs: end });
    at = end;
  }
  return chunks;
}

function monthsOf({ question: { metric, days, points } }: Gathering, { fromMs, toMs }: Chunk): Chunk[] {
  const chunks = new Map<string, Chunk>();
  for (const startMs of points.starts) {
    if (startMs < fromMs || startMs >= toMs) continue;
    const page = daysPage(metric, days, startMs);
    const begun = chunks.get(page) ?? { fromMs: startMs };
    chunks.set(page, { ...begun, page, toMs: days.nextDayOf(startMs) });
  }
  return [...chunks.values()];
}

function askChunk(
  { places, question: { metric }, nowMs }: Gathering,
  { fromMs, toMs, page }: Chunk,
  context: Asking,
): Promise<CountedApart> {
  const wanted = { metric, fromMs, toMs, nowMs };
  return page === undefined
    ? askEach(places, wanted, context)
    : askDays(places, { ...wanted, page }, context);
}

interface Pouring {
  readonly question: StatsQuestion;
  readonly sorter: StatsSorter;
}

async function pour(part: Counts, { question, sorter }: Pouring, way: GivingWay): Promise<void> {
  for (const [number, decode, shape] of part.blocksOf(question.metric)) {
    await way.pause();
    await sorter.add(number, decode(), shape, way);
  }
}

/** Days are kept with a smaller error of different values than blocks: it is taken where a day is there as a whole. */
async function finerDays(
  gathering: Gathering,
  columns: readonly Shown[],
  context: Asking,
): Promise<readonly Shown[]> {
  const { question, shape, keepsDays } = gathering;
  const isFiner = shape.value === "unique" && question.step === "day" && keepsDays;
  if (!isFiner || columns.length === 0) return columns;
  const keyOfColumn = ({ values }: Shown): string => keyOf(question.by.map((name) => values[name] ?? ""));
  const sorter = new StatsSorter({ question, shape, chosen: new Set(columns.map(keyOfColumn)) });
  const way = new GivingWay();
  const { points } = question;
  for (const chunk of monthsOf(gathering, { fromMs: points.starts[0] ?? 0, toMs: points.endMs })) {
    const { parts } = await askChunk(gathering, chunk, context);
    for (const part of parts) await pour(part, { question, sorter }, way);
  }
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
