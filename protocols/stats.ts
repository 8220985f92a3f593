import Type from "typebox";
import { METRIC_VALUES } from "./metric-settings.ts";
import type { Fields } from "./protocol.ts";

const Numbers = Type.Array(Type.Union([Type.Number(), Type.Null()]));

/** What is asked for behind the `?` of a question about counts. */
export const STATS_QUERY_FIELDS = {
  metric: Type.String({ description: "which metric, such as `requests`" }),
  from: Type.Optional(
    Type.String({
      description:
        "the beginning: milliseconds since 1970, or a time such as 2026-11-22T08:00:00Z; an hour ago unless given",
    }),
  ),
  to: Type.Optional(Type.String({ description: "the end, which is not in it; now unless given" })),
  step: Type.Optional(
    Type.String({ description: "how wide a point is: 30, 180 or 900 seconds, or 1d; 180 unless given" }),
  ),
  tz: Type.Optional(
    Type.String({ description: "the time zone of days and of the daily index, such as Asia/Shanghai" }),
  ),
  where: Type.Optional(
    Type.String({
      description:
        "only these values: `dimension:value`, several divided by commas; `\\,` stands for a comma in a value",
    }),
  ),
  by: Type.Optional(Type.String({ description: "split by these dimensions, divided by commas" })),
  top: Type.Optional(
    Type.Integer({
      description: "how many series, or how many of the most frequent values; 20 unless given",
    }),
  ),
  q: Type.Optional(Type.String({ description: "quantiles of a latency, such as 0.5,0.99" })),
  fill: Type.Optional(
    Type.Enum(["null", "zero"], { description: "what stands where nothing was counted; null unless given" }),
  ),
} as const satisfies Fields;

/** What was counted, by columns: each list has one entry for each of `times`. */
export const STATS_ANSWER_FIELDS = {
  metric: Type.String(),
  value: Type.Enum([...METRIC_VALUES]),
  from: Type.Integer(),
  to: Type.Integer(),
  step: Type.String(),
  tz: Type.Optional(Type.String()),
  times: Type.Array(Type.Integer(), { description: "where each point begins, in milliseconds since 1970" }),
  index: Type.Optional(
    Type.Array(Type.Integer(), { description: "the number of each block within its local day" }),
  ),
  series: Type.Array(
    Type.Object({
      values: Type.Record(Type.String(), Type.String()),
      total: Type.Number({ description: "records in the whole range" }),
      count: Numbers,
      sum: Type.Optional(Numbers),
      quantiles: Type.Optional(Type.Record(Type.String(), Numbers)),
      unique: Type.Optional(Numbers),
      uniqueTotal: Type.Optional(Type.Integer()),
      top: Type.Optional(
        Type.Array(Type.Object({ value: Type.String(), count: Type.Number(), error: Type.Number() })),
      ),
    }),
  ),
  more: Type.Integer({ description: "how many further series there are" }),
  rev: Type.Integer({ description: "how often blocks of the range were changed after they were final" }),
  completeness: Type.Number({
    description:
      "the share of the partitions that are counted up to the end of the range, or to within 30 s of now",
  }),
  watermark: Type.Union([Type.Integer(), Type.Null()], { description: "up to here everything is counted" }),
  provisionalFrom: Type.Union([Type.Integer(), Type.Null()], {
    description: "the first point that may still grow by records that are not late",
  }),
  laggards: Type.Array(
    Type.Object({ partition: Type.String(), state: Type.String(), lagMs: Type.Optional(Type.Number()) }),
  ),
  folded: Type.Integer({
    description: "records of which a value is over its budget, counted as `__other__`",
  }),
  generation: Type.String({
    description: "names the definition by which the metric is counted now: a changed one has another name",
  }),
  generations: Type.Array(Type.Object({ generation: Type.String(), from: Type.Integer() }), {
    description:
      "the definitions by which the range was counted, with the first block of each; empty names: unknown",
  }),
  keptFrom: Type.Optional(
    Type.Integer({
      description: "nothing is kept of what was before this: said where the range begins before it",
    }),
  ),
  exactFrom: Type.Optional(
    Type.Integer({
      description:
        "what was before this is kept in quarters of an hour, and stands at the first point of each: said where the step is shorter and the range begins before it",
    }),
  ),
  error: Type.Object({
    quantile: Type.Optional(Type.Number()),
    unique: Type.Optional(Type.Number()),
    topk: Type.Optional(Type.Number()),
  }),
} as const satisfies Fields;

/** How far the partitions are counted, and what became of each record that was read. */
export const PARTITIONS_ANSWER_FIELDS = {
  partitions: Type.Array(
    Type.Object({
      partition: Type.String(),
      state: Type.String(),
      cursor: Type.Optional(Type.String()),
      watermarkMs: Type.Optional(Type.Number()),
      lagMs: Type.Optional(Type.Number()),
      batches: Type.Integer(),
      read: Type.Integer({
        description: "the sum of counted, duplicate, quarantined, tooLate and unparsable",
      }),
      counted: Type.Integer(),
      duplicate: Type.Integer(),
      quarantined: Type.Integer(),
      tooLate: Type.Integer(),
      unparsable: Type.Integer(),
      lost: Type.Integer({ description: "never read, because the log no longer had it" }),
    }),
  ),
} as const satisfies Fields;

/** What an operator does about a partition. */
export const PARTITION_ACT_FIELDS = {
  partition: Type.String({ minLength: 1, maxLength: 400, description: "`<source>/<partition>`" }),
  act: Type.Enum(["forget"], {
    description: "forget: its reader is gone for good, nobody is to wait for it until it is read again",
  }),
} as const satisfies Fields;

/** What became of it. */
export const PARTITION_VERDICT_FIELDS = {
  partition: Type.String(),
  became: Type.Enum(["forgotten"]),
} as const satisfies Fields;
