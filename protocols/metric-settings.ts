import Type from "typebox";

const strict = { additionalProperties: false };
const choice = <const Values extends readonly string[]>(values: Values, options: object) =>
  Type.Unsafe<Values[number]>({ type: "string", enum: values, ...options });
const whole = (minimum: number, maximum: number, options: object) =>
  Type.Integer({ minimum, maximum, ...options });
const Name = (options: object) =>
  Type.String({
    pattern: "^[a-z][A-Za-z0-9_-]{0,31}$",
    allowed: "a small letter, then up to 31 letters, digits, hyphens or underscores",
    ...options,
  });
const Field = (options: object) =>
  Type.String({ minLength: 1, maxLength: 128, allowed: 'the name of a field, such as "status"', ...options });
const texts = (options: object) =>
  Type.Array(Type.String({ maxLength: 256, allowed: "a text" }), { minItems: 1, ...options });

/** How a value of a field becomes the value of a dimension. */
export const DIMENSION_FORMS = ["text", "statusClass", "path"] as const;
/** What is made of the records that a metric counts. */
export const METRIC_VALUES = ["count", "sum", "latency", "unique", "top"] as const;
/** The units in which a log may say how long something took. */
export const LATENCY_UNITS = ["s", "ms", "us"] as const;

/** By what a metric can be split. */
export const MetricDimension = Type.Object(
  {
    name: Name({ description: "how it is called in questions" }),
    field: Type.Optional(Field({ description: "the field of the log; the name unless given" })),
    as: choice(DIMENSION_FORMS, {
      default: "text",
      description: "`text` as it is, `statusClass` makes 2xx of 204, `path` cuts off what follows a `?`",
    }),
    budget: whole(1, 10_000, {
      default: 100,
      description:
        "how many values are told apart in a block of 180 s; what comes beyond is counted as `__other__`",
    }),
  },
  strict,
);
export type MetricDimension = Type.Static<typeof MetricDimension>;

/** Which records a metric counts: a field that is, is not, or begins with one of some texts. */
export const MetricCondition = Type.Object(
  {
    field: Field({ description: "the field of the log" }),
    is: Type.Optional(texts({ description: "it is one of these" })),
    isNot: Type.Optional(texts({ description: "it is none of these" })),
    startsWith: Type.Optional(texts({ description: "it begins with one of these" })),
  },
  strict,
);
export type MetricCondition = Type.Static<typeof MetricCondition>;

/** One thing that is counted in time blocks. */
export const MetricDefinition = Type.Object(
  {
    name: Name({ description: "how the metric is called in questions" }),
    sources: Type.Optional(
      Type.Array(Name({}), {
        minItems: 1,
        description:
          "the logs in which it is counted, and `services` for what services tell; all unless given",
      }),
    ),
    where: Type.Array(MetricCondition, {
      default: [],
      description: "which records are counted: those that meet all conditions",
    }),
    dimensions: Type.Array(MetricDimension, {
      default: [],
      description: "by what it can be split, at most four",
    }),
    value: choice(METRIC_VALUES, {
      default: "count",
      description:
        "`count` of records, `sum` of a field, `latency` with percentiles, `unique` values of a field, `top` values of a field",
    }),
    field: Type.Optional(Field({ description: "the field of the value, for all but `count`" })),
    unit: choice(LATENCY_UNITS, { default: "s", description: "latency only: the unit of the field" }),
    decimals: whole(0, 6, {
      default: 0,
      description: "sum only: how many digits after the point are kept; sums are exact up to 2^52",
    }),
    as: choice(["text", "path"], {
      default: "text",
      description: "top and unique only: `path` cuts off what follows a `?`",
    }),
    wanted: whole(1, 100, {
      default: 20,
      description: "top only: how many are asked for; ten times as many are followed",
    }),
    seriesMax: whole(1, 20_000, {
      default: 2_000,
      description:
        "how many combinations of values a block holds; what comes beyond is counted as `__other__`",
    }),
  },
  strict,
);
export type MetricDefinition = Type.Static<typeof MetricDefinition>;

/** What is counted besides what is counted of every access log. */
export const MetricSettings = Type.Array(MetricDefinition, {
  default: [],
  description:
    "what is counted in time blocks besides `requests`, `latency`, `bytes`, `clients` and `urls`; one of these names replaces that one",
});

/** Whose days are kept without end. */
export const DayZones = Type.Array(
  Type.String({ minLength: 1, maxLength: 64, allowed: "a time zone such as Asia/Shanghai" }),
  {
    default: ["UTC"],
    description:
      "the time zones whose local days are kept for ever, at most four; what is in blocks is kept for 13 months",
  },
);
