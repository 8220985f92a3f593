import Type from "typebox";
import { AlertSettings } from "./alert-settings.ts";
import { MetricSettings } from "./metric-settings.ts";

const strict = { additionalProperties: false };
const line = (options: object) => Type.String({ minLength: 1, maxLength: 100_000, ...options });

/** What a test of alert rules lets be counted. */
export const AlertTestSeries = Type.Object(
  {
    metric: line({ description: "which metric" }),
    values: Type.String({
      default: "",
      maxLength: 4_096,
      description: "the values of its dimensions, such as `status:5xx,route:/pay`; `-` where one is missing",
    }),
    counts: line({
      description:
        "records in each block of 180 s, such as `100 0 50x3`; `50@0.25` is 50 records of 0.25 each, `_` is a block of which nothing was counted",
    }),
  },
  strict,
);
export type AlertTestSeries = Type.Static<typeof AlertTestSeries>;

/** Where the alert of a rule has to stand. */
export const AlertExpectation = Type.Object(
  {
    rule: line({ description: "the name of the rule" }),
    at: Type.Integer({
      minimum: 0,
      maximum: 100_000,
      default: 0,
      description: "after which block the first of the states is",
    }),
    states: line({ description: "after each block, such as `inactivex5 pending firing`" }),
  },
  strict,
);
export type AlertExpectation = Type.Static<typeof AlertExpectation>;

/** One test of alert rules. */
export const AlertTest = Type.Object(
  {
    name: line({ description: "what is tested, in a sentence" }),
    from: Type.String({
      default: "2026-01-05T00:00:00Z",
      pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$",
      allowed: "a time such as 2026-01-05T00:00:00Z",
      description: "where the first block begins",
    }),
    series: Type.Array(AlertTestSeries, { default: [], description: "what is counted" }),
    complete: Type.Optional(
      line({
        description:
          "which share of the partitions is counted up to the end of each block when it ends, such as `1x5 0.5x2 1`; 1 unless given",
      }),
    ),
    deployed: Type.Array(Type.Integer({ minimum: 0, maximum: 100_000 }), {
      default: [],
      description: "at the beginning of which blocks something new was put into service",
    }),
    expect: Type.Array(AlertExpectation, { minItems: 1, description: "what has to come of it" }),
  },
  strict,
);
export type AlertTest = Type.Static<typeof AlertTest>;

/** A file with tests of alert rules. */
export const AlertTestFile = Type.Object(
  {
    metrics: MetricSettings,
    alerts: Type.Optional(AlertSettings),
    tests: Type.Array(AlertTest, { minItems: 1, description: "the tests" }),
  },
  strict,
);
export type AlertTestFile = Type.Static<typeof AlertTestFile>;
