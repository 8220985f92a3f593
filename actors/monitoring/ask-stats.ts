import { createHash } from "node:crypto";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { shapeOf } from "../../runtime/counting/metric-shape.ts";
import { Fault } from "../../runtime/fault.ts";
import { faultAnswer } from "../../runtime/net/fault-answer.ts";
import type { RouteContext, RouteResponse } from "../../runtime/net/route.ts";
import { askPartials } from "./ask-partials.ts";
import type { CountedPlaces } from "./ask-partials.ts";
import { statsAnswer } from "./stats-answer.ts";
import type { StatsAnswer } from "./stats-answer.ts";
import { parseStats } from "./stats-question.ts";
import type { StatsQuestion } from "./stats-question.ts";

/** What questions are answered from. */
export interface StatsSource extends CountedPlaces {
  readonly metrics: readonly MetricDefinition[];
}

/** Answers a question as it stands behind the `?`: with the counts and a name for them, or why not. */
export async function askStats(
  source: StatsSource,
  query: URLSearchParams,
  context: Pick<RouteContext, "ask" | "wallMs">,
): Promise<RouteResponse> {
  const nowMs = context.wallMs();
  const question = parseStats(query, nowMs);
  if ("text" in question) return { status: 400, body: { code: "invalidField", ...question } };
  const definition = source.metrics.find(({ name }) => name === question.metric);
  if (definition === undefined) return unknownMetric(question.metric, source.metrics);
  const refusal = unknownDimension(question, definition);
  if (refusal !== undefined) return refusal;
  return guarded(async () => {
    const { starts, endMs } = question.points;
    const wanted = { metric: question.metric, fromMs: starts[0] ?? endMs, toMs: endMs, nowMs };
    const counted = await askPartials(source, wanted, context);
    const answer = statsAnswer(question, counted, { nowMs, shape: shapeOf(definition) });
    const headers = { etag: etagOf(answer), "cache-control": "private, no-cache", ...JSON_TYPE };
    return { status: 200, body: JSON.stringify(answer), headers };
  });
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

/** Names what was counted: that time has passed since, and that nothing was late, changes nothing about it. */
function etagOf({ watermark: _, laggards: _laggards, ...counted }: StatsAnswer): string {
  const digest = createHash("sha256").update(JSON.stringify(counted)).digest("base64url");
  return `"${digest.slice(0, 22)}"`;
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
  const isKnown = (name: string): boolean => dimensions.some((dimension) => dimension.name === name);
  const name = [...where.keys(), ...by].find((asked) => !isKnown(asked));
  if (name === undefined) return undefined;
  const known = dimensions.map((dimension) => dimension.name).join(", ") || "none";
  const text = `${metric} has no dimension ${JSON.stringify(name.slice(0, 40))}; it has: ${known}`;
  return { status: 400, body: { code: "invalidField", field: "by", text } };
}
