import Type from "typebox";
import { SEVERITIES } from "./alarm-settings.ts";
import { ALERT_PHASES, AlertChange, Mover } from "./alert-rule.ts";
import { ALERT_KINDS } from "./alert-settings.ts";
import type { Fields } from "./protocol.ts";

const AtMs = (description: string) =>
  Type.Number({ description: `${description}, in milliseconds since 1970` });
const Rule = Type.String({ minLength: 1, maxLength: 64, description: "the name of the rule" });

/** How the alerts stand. */
export const ALERTS_FIELDS = {
  zone: Type.String({ description: "the time zone of the baselines" }),
  alerts: Type.Array(
    Type.Object({
      rule: Rule,
      kind: Type.Enum([...ALERT_KINDS]),
      metric: Type.String(),
      subject: Type.String({ description: "what it looks at, in words" }),
      severity: Type.Enum([...SEVERITIES]),
      state: Type.Enum([...ALERT_PHASES, "noData", "noAnswer"], {
        description:
          "noData: no value could be made of the latest block, and nothing fires; noAnswer: how it stands could not be asked for",
      }),
      sinceMs: Type.Optional(AtMs("the end of the block after which it is so")),
      badSinceMs: Type.Optional(AtMs("the beginning of the first bad block")),
      value: Type.Optional(Type.Number({ description: "of the latest block" })),
      records: Type.Optional(Type.Number({ description: "in the latest block" })),
      low: Type.Optional(Type.Number({ description: "the least that is expected" })),
      high: Type.Optional(Type.Number({ description: "the most that is expected" })),
      completeness: Type.Optional(
        Type.Number({ description: "the share of the partitions that had passed the block" }),
      ),
      judgedUpToMs: Type.Optional(AtMs("up to here blocks are judged")),
      summary: Type.Optional(Type.String({ description: "of one that fires: what is wrong" })),
      movers: Type.Optional(Type.Array(Mover)),
      acknowledged: Type.Optional(Type.Object({ by: Type.String(), atMs: Type.Number() })),
      silencedUntilMs: Type.Optional(AtMs("until when nobody is told")),
      inhibitedBy: Type.Array(Type.String(), {
        description: "the rules that fire, and because of which nobody is told",
      }),
      runbook: Type.Optional(Type.String()),
    }),
  ),
} as const satisfies Fields;

/** Whose history is asked for. */
export const ALERT_HISTORY_QUERY_FIELDS = { rule: Rule } as const satisfies Fields;

/** What has become of an alert. */
export const ALERT_HISTORY_FIELDS = {
  rule: Rule,
  changes: Type.Array(AlertChange, { description: "the latest 200, the oldest first" }),
} as const satisfies Fields;

/** What an operator does about an alert. */
export const ALERT_ACT_FIELDS = {
  rule: Rule,
  act: Type.Enum(["acknowledge", "silence", "hear"], {
    description: "acknowledge: I look after it until it is over; silence: tell nobody; hear: tell again",
  }),
  forMs: Type.Optional(
    Type.Integer({
      minimum: 1_000,
      maximum: 31 * 86_400_000,
      description: "silence: for how long, in milliseconds",
    }),
  ),
} as const satisfies Fields;

/** What became of it. */
export const ALERT_VERDICT_FIELDS = { rule: Rule, became: Type.String() } as const satisfies Fields;

/** That something new was put into service. */
export const DEPLOYED_FIELDS = { atMs: Type.Number(), rules: Type.Integer() } as const satisfies Fields;

/** For which metric and time bands are asked for. */
export const BANDS_QUERY_FIELDS = {
  metric: Type.String(),
  from: Type.String({ description: "the beginning, in milliseconds since 1970" }),
  to: Type.String({ description: "the end, at most four days later" }),
} as const satisfies Fields;

const Edges = Type.Array(Type.Union([Type.Number(), Type.Null()]));

/** Between which counts blocks of 180 s are as expected, by the rules of kind baseline that look at the whole metric. */
export const BANDS_FIELDS = {
  metric: Type.String(),
  times: Type.Array(Type.Integer({ description: "where each block begins" })),
  bands: Type.Array(Type.Object({ rule: Rule, low: Edges, high: Edges })),
} as const satisfies Fields;
