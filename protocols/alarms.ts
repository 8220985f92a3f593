import Type from "typebox";
import { SEVERITIES } from "./alarm-settings.ts";
import { defineProtocol } from "./protocol.ts";
import type { Fields } from "./protocol.ts";

const Severity = Type.Enum([...SEVERITIES]);
const Details = Type.Record(Type.String(), Type.Unknown());

/** Something that is wrong, as operators read it. */
export const AlarmFields = {
  key: Type.String({ description: "one for each thing that can be wrong; the same again is the same alarm" }),
  severity: Severity,
  summary: Type.String({ description: "what is wrong, in a sentence" }),
  details: Details,
  firstAtMs: Type.Number({ description: "since when, in milliseconds since 1970" }),
  lastAtMs: Type.Number({ description: "when it was raised last, in milliseconds since 1970" }),
  count: Type.Integer({ description: "how often it was raised" }),
  state: Type.Enum(["active", "acknowledged", "ended"]),
  acknowledged: Type.Optional(
    Type.Object({ by: Type.String(), atMs: Type.Number() }, { description: "who looks after it" }),
  ),
  escalations: Type.Integer({ description: "how many steps of the escalation have been taken" }),
  isFlapping: Type.Boolean({ description: "whether it came and went so often that its end waits for calm" }),
  calmAtMs: Type.Optional(
    Type.Number({ description: "of one that came and went: its end is told then, unless it comes again" }),
  ),
  endedAtMs: Type.Optional(Type.Number()),
  end: Type.Optional(
    Type.Enum(["cleared", "quiet", "closed"], {
      description: "cleared: it is well again; quiet: it has not happened again; closed: by an operator",
    }),
  ),
} as const satisfies Fields;

/** One way to reach people, and how well that goes. */
export const ChannelStateFields = {
  name: Type.String(),
  kind: Type.String(),
  waiting: Type.Integer({ description: "messages that have not been delivered yet" }),
  delivered: Type.Integer(),
  retried: Type.Integer({ description: "tries that failed and were repeated" }),
  rejected: Type.Integer({ description: "messages that the channel does not want" }),
  gaveUp: Type.Integer({ description: "messages that were tried for too long" }),
  refused: Type.Integer({ description: "messages that were not taken because too many wait" }),
  last: Type.Optional(
    Type.Object(
      { atMs: Type.Number(), kind: Type.String(), text: Type.String() },
      { description: "what was answered last" },
    ),
  ),
} as const satisfies Fields;

const lists = {
  active: Type.Array(Type.Object(AlarmFields), { description: "the gravest first, then the newest" }),
  ended: Type.Array(Type.Object(AlarmFields), { description: "the latest first" }),
  overflowed: Type.Integer({ description: "alarms that were not kept, because too many were active" }),
};

/** What operators are told of the alarms of a node. */
export const AlarmsFields = {
  ...lists,
  channels: Type.Array(Type.Object(ChannelStateFields)),
} as const satisfies Fields;

/** What an operator does about an alarm. */
export const AlarmActFields = {
  key: Type.String({ minLength: 1, maxLength: 500 }),
  act: Type.Enum(["acknowledge", "close"], {
    description: "acknowledge: I look after it, tell nobody else; close: it is over",
  }),
} as const satisfies Fields;

/** What became of it. */
export const AlarmVerdictFields = {
  key: Type.String(),
  became: Type.Enum(["acknowledged", "closed"]),
} as const satisfies Fields;

/** Where any part of the node says that something is wrong, or well again. */
export const AlarmsProtocol = defineProtocol({
  name: "alarms",
  version: 1,
  tell: {
    /** Something is wrong. The same key again is counted, and not told again. */
    raise: {
      key: Type.String(),
      severity: Severity,
      summary: Type.String(),
      details: Type.Optional(Details),
      /** Ends by itself when it was not raised again for this long; without it, it ends by `clear` alone. */
      quietMs: Type.Optional(Type.Number()),
      /** People have heard of it, from another node or before a restart: they are told of the end, and not once more of the beginning. */
      isTold: Type.Optional(Type.Boolean()),
    },
    /** It is well again. */
    clear: { key: Type.String() },
    /** Somebody else looks after it from now on: it is forgotten here, and nobody is told. */
    drop: { key: Type.String() },
  },
  ask: {
    list: { request: {}, reply: { alarms: lists } },
    act: {
      request: { ...AlarmActFields, by: Type.String() },
      reply: { done: { became: Type.Enum(["acknowledged", "closed"]) }, unknown: {} },
    },
  },
  self: {
    /** Something falls due: an escalation, the end of calm or of quiet. */
    due: {},
    /** The time has come to read what the host knows of its processes. */
    readReport: {},
    /** What a channel said to a notice. */
    handed: { channel: Type.String(), verdict: Type.String() },
  },
});
export type AlarmsProtocol = typeof AlarmsProtocol;
