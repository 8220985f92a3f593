import Type from "typebox";
import type { AlertRule } from "./alert-settings.ts";
import { bytes } from "./bytes.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

/** Where an alert stands: nothing is wrong; too early to say; something is wrong; it may be over; it is over since this block. */
export const ALERT_PHASES = ["inactive", "pending", "firing", "recovering", "resolved"] as const;
export type AlertPhase = (typeof ALERT_PHASES)[number];

/**
 * What a block was for a rule: beyond the limit; between the limit and the one for the end; good; too little to tell; no value; soon after a deployment; nothing is known to hold it against.
 */
export const ALERT_SENSES = ["bad", "between", "good", "few", "none", "muted", "unknown"] as const;
export type AlertSense = (typeof ALERT_SENSES)[number];

/** What was counted in a block, as one rule sees it. */
export const BlockFact = Type.Object(
  {
    block: Type.Integer({ description: "its number: it begins at this many times 180 s after 1970" }),
    /** Absent when none can be made, such as a share of nothing. */
    value: Type.Optional(Type.Number()),
    /** Records; of a share those that it is divided by. */
    volume: Type.Number(),
    completeness: Type.Number(),
  },
  { additionalProperties: false },
);
export type BlockFact = Type.Static<typeof BlockFact>;

/** What a rule has made of a block. */
export const Judgement = Type.Object(
  {
    ...BlockFact.properties,
    sense: Type.Enum([...ALERT_SENSES]),
    phase: Type.Enum([...ALERT_PHASES], { description: "where the alert stands after the block" }),
    /** Between these a count is as expected. */
    low: Type.Optional(Type.Number()),
    high: Type.Optional(Type.Number()),
    /** Which of the latest blocks were bad, the latest first, and how many in a row were good since it fires. */
    recent: Type.Array(Type.Boolean()),
    goodRow: Type.Integer(),
    /** It becomes a part of what later blocks are held against. */
    isLearnt: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type Judgement = Type.Static<typeof Judgement>;

/** A value of a dimension, and how much of what has changed is its doing. */
export const Mover = Type.Object(
  {
    dimension: Type.String(),
    value: Type.String(),
    share: Type.Number({ description: "of the deviation; below 0 when it went the other way" }),
    before: Type.Number({ description: "in a block, in the hour before" }),
    now: Type.Number({ description: "in a block, since it is bad" }),
  },
  { additionalProperties: false },
);
export type Mover = Type.Static<typeof Mover>;

/** Something that has become of an alert, or was done about it. */
export const AlertChange = Type.Object(
  {
    atMs: Type.Number({ description: "the end of the block, or when an operator acted" }),
    became: Type.Enum([...ALERT_PHASES, "noData", "acknowledged", "silenced", "heard"]),
    value: Type.Optional(Type.Number()),
    by: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type AlertChange = Type.Static<typeof AlertChange>;

/** A rule of the settings, which were checked when they were read; a node of another version may know more of it. */
const Rule = Type.Unsafe<AlertRule>({ type: "object" });
const By = Type.String({ maxLength: 256 });
const AtMs = Type.Number();

/** How an alert stands, as its entity tells it. */
const standing = {
  /** The first block that it has not judged; absent as long as it has judged none. */
  next: Type.Optional(Type.Integer()),
  phase: Type.Enum([...ALERT_PHASES]),
  /** The block after which it has come into its phase. */
  sinceBlock: Type.Optional(Type.Integer()),
  /** The first bad block of what is wrong now. */
  badSinceBlock: Type.Optional(Type.Integer()),
  latest: Type.Optional(Judgement),
  /** The latest bad block of what is wrong now. */
  latestBad: Type.Optional(Judgement),
  acknowledged: Type.Optional(Type.Object({ by: By, atMs: AtMs })),
  silencedUntilMs: Type.Optional(AtMs),
  /** Since when people know, who were not told since that it is over. */
  toldAtMs: Type.Optional(AtMs),
  movers: Type.Optional(Type.Array(Mover)),
};

/** What may be said to an alert: the durable state of one rule. Its id is the name of the rule. */
export const AlertRuleProtocol = defineProtocol({
  name: "alertRule",
  version: 1,
  tell: {
    /** Something new was put into service. */
    deployed: { atMs: AtMs },
    /** People are told of what is bad since this block. */
    told: { badSinceBlock: Type.Integer() },
    /** People who were told at a time are told that it is over. */
    endTold: { toldAtMs: AtMs },
  },
  ask: {
    look: { request: {}, reply: { alert: standing } },
    history: { request: {}, reply: { changes: { changes: Type.Array(AlertChange) } } },
    /** Takes in what was counted in earlier blocks, so that there is something to hold later ones against; once, and before the first is judged. */
    learn: {
      request: {
        from: Type.Integer(),
        /** `BlockMemory.encode` has made them. */
        counts: bytes(),
      },
      reply: { learnt: {} },
    },
    /** Judges blocks that follow each other, each once. */
    judge: {
      request: { rule: Rule, zone: Type.String(), facts: Type.Array(BlockFact) },
      reply: {
        judged: standing,
        /** Somebody has judged them before: go on from here. */
        moved: { next: Type.Integer() },
      },
    },
    /** Notes which values have changed most since it is bad. */
    explain: { request: { badSinceBlock: Type.Integer(), movers: Type.Array(Mover) }, reply: { noted: {} } },
    act: {
      request: {
        act: Type.Enum(["acknowledge", "silence", "hear"]),
        by: By,
        untilMs: Type.Optional(AtMs),
      },
      reply: { done: {}, refused: { text: Type.String() } },
    },
    /** Between which counts blocks are as expected; null where that is not known. */
    bands: {
      request: { rule: Rule, zone: Type.String(), from: Type.Integer(), to: Type.Integer() },
      reply: {
        bands: {
          low: Type.Array(Type.Union([Type.Number(), Type.Null()])),
          high: Type.Array(Type.Union([Type.Number(), Type.Null()])),
        },
      },
    },
  },
});
export type AlertRuleProtocol = typeof AlertRuleProtocol;

/** What may have happened to an alert. */
export const AlertRuleEvents = defineEvents({
  name: "alertRule",
  version: 1,
  events: {
    learnt: { from: Type.Integer(), counts: bytes() },
    /** Where `digest` differs from that of earlier ones, the alert begins anew. */
    judged: { judgements: Type.Array(Judgement), digest: Type.Optional(Type.String()) },
    explained: { movers: Type.Array(Mover) },
    acknowledged: { by: By, atMs: AtMs },
    /** Nobody is told of it up to a time; one that has passed ends that. */
    silenced: { by: By, atMs: AtMs, untilMs: AtMs },
    deployed: { atMs: AtMs },
    told: { atMs: AtMs },
    endTold: { atMs: AtMs },
  },
});
export type AlertRuleEvents = typeof AlertRuleEvents;
