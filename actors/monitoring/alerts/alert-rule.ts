import { AlertRuleEvents, AlertRuleProtocol } from "../../../protocols/alert-rule.ts";
import type { Judgement } from "../../../protocols/alert-rule.ts";
import type { AskMessage } from "../../../protocols/protocol.ts";
import { defineEntity } from "../../../runtime/actor/define-entity.ts";
import { bandOf, edgesOf } from "../../../runtime/alerting/band.ts";
import {
  ALERT_SNAPSHOT,
  copyOf,
  DEPLOYMENTS_MAX,
  followRule,
  isOn,
  newAlertState,
  noteChange,
} from "../../../runtime/alerting/alert-state.ts";
import type { AlertState } from "../../../runtime/alerting/alert-state.ts";
import { BlockMemory } from "../../../runtime/alerting/block-memory.ts";
import { apply, judge } from "../../../runtime/alerting/judge.ts";
import { digestOf } from "../../../runtime/alerting/rule-digest.ts";
import { standingOf } from "./standing.ts";
import type { Seasons } from "./seasons.ts";

/** After how many judgements a snapshot is made: some hours of blocks. */
const SNAPSHOT_EVERY_RECORDS = 100;

/** What all alerts of a node have in common. */
export interface AlertRuleArgs {
  readonly seasons: Seasons;
}

type Judge = AskMessage<AlertRuleProtocol, "judge">;

/**
 * The durable state of one alert rule. Every block is judged once, in the order of the blocks, and what came of it is one record: so a kill, or a second one that wants to judge,
 * changes nothing, and the same blocks always have the same history.
 */
export const AlertRuleEntity = defineEntity({
  protocol: AlertRuleProtocol,
  type: "alert-rule",
  events: AlertRuleEvents,
  initialState: (_id, _args: AlertRuleArgs): AlertState => newAlertState(),
  decide: {
    look: (state) => ({ reply: { kind: "alert", ...standingOf(state) } }),
    history: ({ changes }) => ({ reply: { kind: "changes", changes: [...changes] } }),
    learn: ({ next, memory }, { from, counts }) => ({
      events: next === undefined && memory.firstBlock === undefined ? [{ kind: "learnt", from, counts }] : [],
      reply: { kind: "learnt" },
    }),
    judge(state, asked, { args }) {
      const { next } = state;
      const [first] = asked.facts;
      if (first !== undefined && next !== undefined && first.block < next) {
        return { reply: { kind: "moved", next } };
      }
      const judgements = judgementsOf(state, asked, args);
      return {
        events: judgements.length === 0 ? [] : [{ kind: "judged", judgements, digest: digestOf(asked.rule) }],
        reply: (now) => ({ kind: "judged", ...standingOf(now) }),
      };
    },
    explain: ({ badSinceBlock }, { movers, badSinceBlock: of }) => ({
      events: badSinceBlock === of ? [{ kind: "explained", movers }] : [],
      reply: { kind: "noted" },
    }),
    told: (state, { badSinceBlock }, context) => ({
      events:
        state.badSinceBlock === badSinceBlock && state.toldAtMs === undefined
          ? [{ kind: "told", atMs: context.wallMs() }]
          : [],
    }),
    endTold: (state, { toldAtMs }, context) => ({
      events: state.toldAtMs === toldAtMs ? [{ kind: "endTold", atMs: context.wallMs() }] : [],
    }),
    deployed: (_state, { atMs }) => ({ events: [{ kind: "deployed", atMs }] }),
    act(state, { act, by, untilMs }, context) {
      const atMs = context.wallMs();
      if (act === "silence") {
        if (untilMs === undefined || untilMs <= atMs) {
          return { reply: { kind: "refused", text: "until when? a time that has not passed is expected" } };
        }
        return { events: [{ kind: "silenced", by, atMs, untilMs }], reply: { kind: "done" } };
      }
      if (act === "hear") {
        return { events: [{ kind: "silenced", by, atMs, untilMs: atMs }], reply: { kind: "done" } };
      }
      if (!isOn(state.phase.phase)) {
        return { reply: { kind: "refused", text: "it does not fire, so there is nothing to look after" } };
      }
      const isKnown = state.acknowledged !== undefined;
      return { events: isKnown ? [] : [{ kind: "acknowledged", by, atMs }], reply: { kind: "done" } };
    },
    bands: (state, { rule, zone, from, to }, { args }) => {
      const season = args.seasons.of(zone);
      const edges = Array.from({ length: Math.max(0, to - from) }, (_, index) => {
        const band = bandOf(state.memory, from + index, season);
        return band === undefined ? { low: null, high: null } : edgesOf(band, rule.deviations);
      });
      return {
        reply: { kind: "bands", low: edges.map(({ low }) => low), high: edges.map(({ high }) => high) },
      };
    },
  },
  evolve: {
    learnt(state, { from, counts }) {
      BlockMemory.forEachCount(counts, (index, count) => state.memory.note(from + index, count));
    },
    judged(state, { judgements, digest }) {
      followRule(state, digest);
      for (const judgement of judgements) apply(state, judgement);
    },
    explained: (state, { movers }) => void (state.movers = movers),
    acknowledged(state, { by, atMs }) {
      state.acknowledged = { by, atMs };
      noteChange(state, { atMs, became: "acknowledged", by });
    },
    silenced(state, { by, atMs, untilMs }) {
      const isOver = untilMs <= atMs;
      state.silencedUntilMs = isOver ? undefined : untilMs;
      noteChange(state, { atMs, became: isOver ? "heard" : "silenced", by });
    },
    deployed(state, { atMs }) {
      state.deployedMs = [...state.deployedMs, atMs].slice(-DEPLOYMENTS_MAX);
    },
    told: (state, { atMs }) => void (state.toldAtMs = atMs),
    endTold: (state) => void (state.toldAtMs = undefined),
  },
  snapshot: { ...ALERT_SNAPSHOT, everyRecords: SNAPSHOT_EVERY_RECORDS },
  describe: (state) => ({ ...standingOf(state) }),
});

/** What comes of some blocks, one after the other. */
function judgementsOf(
  state: AlertState,
  { rule, zone, facts }: Judge,
  { seasons }: AlertRuleArgs,
): Judgement[] {
  const season = seasons.of(zone);
  const ahead = copyOf(state);
  followRule(ahead, digestOf(rule));
  return facts.map((fact) => {
    const judgement = judge(rule, ahead, fact, season);
    apply(ahead, judgement);
    return judgement;
  });
}
