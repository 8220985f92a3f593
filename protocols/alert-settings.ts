import Type from "typebox";
import { SEVERITIES } from "./alarm-settings.ts";

const strict = { additionalProperties: false };
const choice = <const Values extends readonly string[]>(values: Values, options: object) =>
  Type.Unsafe<Values[number]>({ type: "string", enum: values, ...options });
const whole = (minimum: number, maximum: number, options: object) =>
  Type.Integer({ minimum, maximum, ...options });
const amount = (options: object) => Type.Number({ minimum: -1e15, maximum: 1e15, ...options });
const Name = (options: object) =>
  Type.String({
    pattern: "^[a-z][A-Za-z0-9_-]{0,31}$",
    allowed: "a small letter, then up to 31 letters, digits, hyphens or underscores",
    ...options,
  });
const texts = (options: object) =>
  Type.Array(Type.String({ maxLength: 256, allowed: "a text" }), { minItems: 1, ...options });

/** What a rule looks for: a value beyond a limit, nothing at all, or a count that is unlike those of other weeks. */
export const ALERT_KINDS = ["threshold", "absence", "baseline"] as const;
/** What of the records of a block is held against the limit. */
export const ALERT_MEASURES = ["count", "sum", "mean", "quantile", "unique"] as const;
/** What is made of a block from which no value can be made. */
export const NO_DATA_ACTIONS = ["hold", "fire", "ok"] as const;
/** On which side of the band a count has to be. */
export const BAND_SIDES = ["both", "above", "below"] as const;

/** Which records a rule looks at: those whose dimension is, is not, or begins with one of some values. */
export const AlertCondition = Type.Object(
  {
    dimension: Name({ description: "one of the dimensions of the metric" }),
    is: Type.Optional(texts({ description: "it is one of these" })),
    isNot: Type.Optional(texts({ description: "it is none of these" })),
    startsWith: Type.Optional(texts({ description: "it begins with one of these" })),
  },
  strict,
);
export type AlertCondition = Type.Static<typeof AlertCondition>;

const conditions = (options: object) => Type.Array(AlertCondition, { default: [], ...options });

/** What a value is divided by. */
export const AlertDivisor = Type.Object(
  {
    metric: Type.Optional(Name({ description: "the metric; that of the rule unless given" })),
    where: conditions({ description: "which of its records: those that meet all conditions" }),
  },
  { ...strict, description: "the value is divided by this, so that the limit is one of a share" },
);
export type AlertDivisor = Type.Static<typeof AlertDivisor>;

/** When operators are to be told of what was counted. */
export const AlertRule = Type.Object(
  {
    name: Name({ description: "how the rule is called; its alarm has the key `alert:NAME`" }),
    metric: Name({ description: "the metric that it looks at" }),
    kind: choice(ALERT_KINDS, {
      default: "threshold",
      description:
        "`threshold` holds a value against a limit, `absence` wants something to be counted, `baseline` holds a count against the same time of other days",
    }),
    where: conditions({ description: "which records: those that meet all conditions" }),
    measure: choice(ALERT_MEASURES, {
      default: "count",
      description:
        "of a block of 180 s: `count` of records, `sum` or `mean` of a sum or latency, `quantile` of a latency, `unique` values",
    }),
    quantile: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: "measure quantile: which one, such as 0.99" }),
    ),
    of: Type.Optional(AlertDivisor),
    fireAbove: Type.Optional(amount({ description: "threshold: a value above this is bad" })),
    clearBelow: Type.Optional(
      amount({
        description: "with fireAbove: only a value below this is good again; fireAbove unless given",
      }),
    ),
    fireBelow: Type.Optional(amount({ description: "threshold: a value below this is bad" })),
    clearAbove: Type.Optional(
      amount({
        description: "with fireBelow: only a value above this is good again; fireBelow unless given",
      }),
    ),
    deviations: Type.Number({
      minimum: 1,
      maximum: 100,
      default: 4,
      description: "baseline: how many standard deviations from the middle are bad",
    }),
    side: choice(BAND_SIDES, { default: "both", description: "baseline: on which side of the band is bad" }),
    for: Type.Optional(
      whole(1, 20, { description: "how many blocks have to be bad; 1, for a baseline 2, unless given" }),
    ),
    within: Type.Optional(
      whole(1, 20, {
        description: "out of how many blocks; as many as `for`, for a baseline 3, unless given",
      }),
    ),
    keepFiring: whole(1, 480, {
      default: 1,
      description: "after how many good blocks in a row it is over",
    }),
    minVolume: whole(0, 1_000_000_000, {
      default: 0,
      description:
        "a block with fewer records is not bad; of a share those it is divided by, of a baseline what is expected, if that is more",
    }),
    minCompleteness: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.95,
      description:
        "while a smaller share of the partitions is counted up to the end of a block, the rule stands still",
    }),
    onNoData: choice(NO_DATA_ACTIONS, {
      default: "hold",
      description:
        "what a block is from which no value can be made: `hold` neither bad nor good, `fire` bad, `ok` good",
    }),
    muteMs: Type.Optional(
      whole(0, 86_400_000, {
        description:
          "how long after a deployment blocks are neither bad nor good, in milliseconds; 0, for a baseline 900000, unless given",
      }),
    ),
    inhibitedBy: Type.Array(Name({}), {
      default: [],
      description: "nobody is told of it while one of these rules fires",
    }),
    severity: choice(SEVERITIES, { default: "warning", description: "how grave it is" }),
    runbook: Type.Optional(
      Type.String({ maxLength: 500, description: "what to do about it, or where that is written" }),
    ),
  },
  strict,
);
export type AlertRule = Type.Static<typeof AlertRule>;

/** What operators are told of what was counted. */
export const AlertSettings = Type.Object(
  {
    zone: Type.String({
      default: "UTC",
      minLength: 1,
      maxLength: 64,
      allowed: "a time zone such as Asia/Shanghai",
      description: "the time zone in which baselines know days and weekends",
    }),
    rules: Type.Array(AlertRule, {
      default: [],
      description: "when operators are told of what was counted, at most 200 rules",
    }),
  },
  strict,
);
export type AlertSettings = Type.Static<typeof AlertSettings>;
