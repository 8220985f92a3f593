import Type from "typebox";
import { defineEvents } from "../../../protocols/events.ts";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineEntity } from "../../../runtime/actor/define-entity.ts";
import type { Durability } from "../../../runtime/persistence/journal.ts";

/** Short, so that a run meets passivation and activation all the time, in milliseconds. */
const PASSIVATE_AFTER_MS = 700;
const SNAPSHOT_EVERY = 15;
/** Whoever this is has not sent anything: a tally reminds itself. */
export const BELL = "bell";

const note = { from: Type.String(), seq: Type.Integer() };

/** What may be said to a tally. */
export const TallyProtocol = defineProtocol({
  name: "tally",
  version: 1,
  tell: { note },
  ask: {
    /** `at` is the node that has answered. */
    enter: { request: note, reply: { entered: { count: Type.Integer(), at: Type.String() } } },
    read: { request: {}, reply: { read: { count: Type.Integer() } } },
    /** Has it remind itself of these numbers, all at once. */
    remind: {
      request: { seqs: Type.Array(Type.Integer()), afterMs: Type.Integer() },
      reply: { reminded: {} },
    },
  },
  self: { rung: { seq: Type.Integer() } },
});
export type TallyProtocol = typeof TallyProtocol;

/** What may happen to a tally. */
export const TallyEvents = defineEvents({ name: "tally", version: 1, events: { noted: note } });

interface TallyState {
  count: number;
}

/** What tallies know of the process in which they are. */
export interface TallyArgs {
  readonly node: string;
}

/** Durabilities of which there are tallies. */
export const TALLY_DURABILITIES = ["fsync", "replicated"] as const satisfies readonly Durability[];
export type TallyDurability = (typeof TALLY_DURABILITIES)[number];

/** The type of the tallies that are as durable as this. */
export function tallyType(durability: TallyDurability): string {
  return `tally-${durability}`;
}

/** An entity that notes which message it has had, and whose whole history can be read: what a run of chaos talks to. */
export const tally = (durability: TallyDurability) =>
  defineEntity({
    protocol: TallyProtocol,
    events: TallyEvents,
    type: tallyType(durability),
    initialState: (_id: string, _args: TallyArgs): TallyState => ({ count: 0 }),
    decide: {
      note: (_state, { from, seq }) => ({ events: [{ kind: "noted", from, seq }] }),
      enter: (_state, { from, seq }, { args: { node } }) => ({
        events: [{ kind: "noted", from, seq }],
        reply: ({ count }) => ({ kind: "entered", count, at: node }),
      }),
      read: ({ count }) => ({ reply: { kind: "read", count } }),
      remind: (_state, { seqs, afterMs }) => ({
        reply: { kind: "reminded" },
        reminders: seqs.map((seq) => ({
          kind: "remind",
          name: `${seq}`,
          afterMs,
          message: { kind: "rung", seq },
        })),
      }),
      rung: (_state, { seq }) => ({ events: [{ kind: "noted", from: BELL, seq }] }),
    },
    evolve: { noted: (state) => void state.count++ },
    snapshot: {
      version: 1,
      dump: ({ count }) => count,
      load: (data): TallyState => ({ count: data as number }),
      everyRecords: SNAPSHOT_EVERY,
      // So that the history can be held against what was said.
      keepHistory: true,
    },
    durability,
    passivateAfterMs: PASSIVATE_AFTER_MS,
  });
