import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import type { Zones } from "../../runtime/counting/local-day.ts";
import { shapeOf } from "../../runtime/counting/metric-shape.ts";
import type { MetricShape } from "../../runtime/counting/metric-shape.ts";
import { Fault } from "../../runtime/fault.ts";
import { faultAnswer } from "../../runtime/net/fault-answer.ts";
import type { RouteContext, RouteResponse } from "../../runtime/net/route.ts";
import { ANSWER_BYTES_MAX, ANSWERS_BYTES_MAX, NoMemory } from "./answer-memory.ts";
import type { AnswerMemory } from "./answer-memory.ts";
import type { CountedPlaces } from "./ask-partials.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { gatherStats, shownOf } from "./gather-stats.ts";
import { statsAnswer } from "./stats-answer.ts";
import type { StatsAnswer } from "./stats-answer.ts";
import { parseStats } from "./stats-question.ts";
import type { StatsQuestion } from "./stats-question.ts";
import { SERIES_MAX, TooManySeries } from "./stats-sorter.ts";

/** What an answer may hold: points, times the series that are shown. */
const VALUES_MAX = 300_000;
/** The same for quantiles and different values: each point of each series holds a sketch while it is added up. */
const SKETCHES_MAX = 20_000;

/** What questions are answered from. */
export interface StatsSource extends CountedPlaces {
  readonly metrics: readonly MetricDefinition[];
  /** What is known of time zones. */
  readonly zones: Zones;
  /** The time zones whose days are kept for ever. */
  readonly dayZones: readonly string[];
  /** What all answers of this node may hold together. */
  readonly memory: AnswerMemory;
}

type Asking = Pick<RouteContext, "ask" | "wallMs">;

/** Answers a question as it stands behind the `?`: with the counts and a name for them, or why not. */
export async function askStats(
  source: StatsSource,
  query: URLSearchParams,
  context: Asking,
): Promise<RouteResponse> {
  return guarded(async () => {
    const answer = await answerOf(source, query, context);
    if ("status" in answer) return answer;
    const { body, etag } = await encodeAnswer(answer);
    return { status: 200, body, headers: { etag, "cache-control": "private, no-cache", ...JSON_TYPE } };
  });
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

/** The answer to a question, or why there is none. @throws Fault when a partition does not answer */
export async function answerOf(
  source: StatsSource,
  query: URLSearchParams,
  context: Asking,
): Promise<StatsAnswer | RouteResponse> {
  const nowMs = context.wallMs();
  const question = parseStats(query, nowMs, source.zones);
  if ("text" in question) return { status: 400, body: { code: "invalidField", ...question } };
  const definition = source.metrics.find(({ name }) => name === question.metric);
  if (definition === undefined) return unknownMetric(question.metric, source.metrics);
  const shape = shapeOf(definition);
  const refusal =
    unknownDimension(question, definition) ?? tooFine(question, shape) ?? tooMany(question, shape);
  if (refusal !== undefined) return refusal;
  const keepsDays = question.tz !== undefined && source.dayZones.includes(question.tz);
  try {
    return await source.memory.lend(async (memory) => {
      const gathering = { places: source, question, shape, nowMs, keepsDays, memory };
      return await statsAnswer(gathering, await gatherStats(gathering, context));
    });
  } catch (error) {
    if (error instanceof TooManySeries) return tooManySeries();
    if (error instanceof NoMemory) return noMemory(error);
    throw error;
  }
}

/** An answer without one of the partitions would be wrong, so there is none. */
export async function guarded(answer: () => Promise<RouteResponse>): Promise<RouteResponse> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Fault) return faultAnswer(error);
    throw error;
  }
}

function unknownMetric(metric: string, metrics: readonly MetricDefinition[]): RouteResponse {
  const known = metrics.map(({ name }) => name).join(", ");
  const text = `metric ${JSON.stringify(metric.slice(0, 40))} is not known; known: ${known}`;
  return { status: 404, body: { code: "unknownMetric", field: "metric", text } };
}

function unknownDimension(
  { where, by }: StatsQuestion,
  { name: metric, dimensions }: MetricDefinition,
): RouteResponse | undefined {
  const known = dimensions.map(({ name }) => name);
  const asked = [
    ...[...where.keys()].map((name) => ["where", name] as const),
    ...by.map((name) => ["by", name] as const),
  ];
  const unknown = asked.find(([, name]) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const [field, name] = unknown;
  const has = known.join(", ") || "none";
  const text = `${metric} has no dimension ${JSON.stringify(name.slice(0, 40))}; it has: ${has}`;
  return { status: 400, body: { code: "invalidField", field, text } };
}

/** Different values are kept by blocks: the first cell would be answered with all of its block. */
function tooFine({ step }: StatsQuestion, { value }: MetricShape): RouteResponse | undefined {
  if (value !== "unique" || step === "day" || step >= BLOCK_MS) return undefined;
  const text = "step needs to be 180 or more here: different values are kept by blocks of 180 s";
  return { status: 400, body: { code: "invalidField", field: "step", text } };
}

/** Refused before anything is asked: how much an answer holds follows from the question alone. */
function tooMany(question: StatsQuestion, shape: MetricShape): RouteResponse | undefined {
  const points = question.points.starts.length;
  const series = question.by.length === 0 ? 1 : shownOf(question, shape);
  const isSketched = shape.value === "unique" || (shape.value === "latency" && question.quantiles.length > 0);
  const [max, of] = isSketched ? [SKETCHES_MAX, "sketches"] : [VALUES_MAX, "values"];
  if (points * series <= max) return undefined;
  const text = `${points} points of up to ${series} series are more than ${max} ${of}; ask for a shorter range, a wider step or a smaller top`;
  return { status: 400, body: { code: "tooManyPoints", field: "top", text } };
}

function noMemory({ isForNow, field }: NoMemory): RouteResponse {
  if (isForNow) {
    const text = `other answers take the ${ANSWERS_BYTES_MAX} bytes that there are for all of them; ask again in a moment`;
    return { status: 503, body: { code: "busy", text } };
  }
  const text =
    field === "by"
      ? `the combinations of values in this range take more than ${ANSWER_BYTES_MAX} bytes; ask for a shorter range, by fewer dimensions, or for a part with where`
      : `what is kept of these series takes more than ${ANSWER_BYTES_MAX} bytes; ask for a shorter range, a wider step or a smaller top`;
  return { status: 400, body: { code: "tooManyPoints", field, text } };
}

function tooManySeries(): RouteResponse {
  const text = `more than ${SERIES_MAX} combinations of values are in this range; ask for a shorter one, by fewer dimensions, or for a part with where`;
  return { status: 400, body: { code: "tooManyPoints", field: "by", text } };
}
