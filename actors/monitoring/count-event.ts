import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import { FUTURE_MS, LATE_MS } from "../../runtime/counting/batch-time.ts";
import { shapeOf } from "../../runtime/counting/metric-shape.ts";
import { tallyOne } from "../../runtime/counting/tally-one.ts";
import { BLOCK_IDS_MAX, nextBlockInMs } from "./event-ids.ts";
import type { EventIds } from "./event-ids.ts";

/** What services tell, as the name of a source. */
export const SERVICES_SOURCE = "services";
/** Counts with such ids take what services tell. */
const SERVICES = `${SERVICES_SOURCE}/`;

/** What is larger is not exact, in the smallest parts that a metric keeps. */
const VALUE_MAX = 2 ** 52 - 1;

const TOO_LATE = "atMs is so long ago that it cannot be told whether it was counted";
const TOO_MANY = `${BLOCK_IDS_MAX} events were told under this name within 180 s; say it again in a moment, or under several names`;
const IN_FUTURE = `atMs is more than ${FUTURE_MS} ms ahead of the clock here`;

type Count = AskMessage<CountPartialProtocol, "count">;
type Answer = Reply<CountPartialProtocol, "count">;
type Code = Extract<Answer, { kind: "refused" }>["code"];

/** What becomes of what a service tells: an answer, and what is to be stored with it. */
export interface CountOutcome {
  readonly reply: Answer;
  /** Undefined when it is not counted, nor read. */
  readonly tally?: Uint8Array;
}

/** Whether counts are those of services, which need no reader. Pure. */
export function isOfServices(id: string): boolean {
  return id.startsWith(SERVICES);
}

/** What is decided about something that a service tells: its metric has to be known, and it has to be new and in time. Pure. */
export function countOutcome(
  { metric, dims = {}, value, atMs, eventId }: Count,
  { id, ids, metrics, nowMs }: CountParts,
): CountOutcome {
  if (!isOfServices(id)) {
    return refused("notForServices", `counts of services have ids that begin with ${SERVICES}`);
  }
  const definition = metrics.find(({ name }) => name === metric);
  if (definition === undefined) {
    const known = metrics.map(({ name }) => name).join(", ");
    return refused("unknownMetric", `${metric} is not known; known: ${known}`, "metric");
  }
  const problem = misfit(definition, { dims, value });
  if (problem !== undefined) return problem;
  if (ids.has(eventId)) return { reply: { kind: "repeated" } };
  const happenedMs = atMs ?? nowMs;
  const isTooLate = happenedMs < nowMs - LATE_MS || !ids.covers(happenedMs);
  if (!isTooLate && !ids.hasRoom(happenedMs, nowMs)) {
    return { reply: { kind: "busy", retryAfterMs: nextBlockInMs(nowMs), text: TOO_MANY } };
  }
  const tally = tallyOne(definition, { dims, value, atMs: happenedMs }, { nowMs, isTooLate });
  if (isTooLate) return { ...refused("tooLate", TOO_LATE, "atMs"), tally };
  if (happenedMs > nowMs + FUTURE_MS) return { ...refused("inFuture", IN_FUTURE, "atMs"), tally };
  return { reply: { kind: "taken" }, tally };
}

/** What the decision depends on. */
export interface CountParts {
  /** The id of the counts. */
  readonly id: string;
  readonly ids: Pick<EventIds, "has" | "covers" | "hasRoom">;
  readonly metrics: readonly MetricDefinition[];
  readonly nowMs: number;
}

function misfit(
  definition: MetricDefinition,
  { dims, value }: { readonly dims: Readonly<Record<string, string>>; readonly value: unknown },
): CountOutcome | undefined {
  const { name, dimensions } = definition;
  const unknown = Object.keys(dims).find(
    (dimension) => !dimensions.some((known) => known.name === dimension),
  );
  if (unknown !== undefined) {
    const known = dimensions.map((dimension) => dimension.name).join(", ") || "none";
    return refused(
      "unknownDimension",
      `${name} has no dimension ${unknown.slice(0, 40)}; it has: ${known}`,
      "dims",
    );
  }
  const problem = valueProblem(definition, value);
  return problem === undefined
    ? undefined
    : refused("valueMissing", `${name} needs ${problem} as value`, "value");
}

/** What a value would have to be that cannot be counted exactly as it is. */
function valueProblem(definition: MetricDefinition, value: unknown): string | undefined {
  const { value: kind } = definition;
  if (kind === "count") return undefined;
  if (kind !== "sum" && kind !== "latency") return value === undefined ? "a text" : undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) return "a number";
  if (kind === "latency" && value < 0) return "a number from 0 on";
  const max = VALUE_MAX / shapeOf(definition).scale;
  return Math.abs(value) > max ? `a number of at most ${max}` : undefined;
}

function refused(code: Code, text: string, field?: string): CountOutcome {
  return { reply: { kind: "refused", code, ...(field === undefined ? {} : { field }), text } };
}
