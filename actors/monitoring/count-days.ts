import { CountDaysEvents, CountDaysProtocol } from "../../protocols/count-days.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { isFilledBy } from "./page-room.ts";
import { readOwn } from "./read-portion.ts";

/** After how many writes a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 48;
/** Partitions of which it is remembered what they have sent: more than the book has, so that it is forgotten only of those that are gone. */
const SEQS_MAX = 20_000;

interface CountDaysState {
  /** Of each partition, the number of the latest counts that were added; those that have sent last stand last. */
  readonly seqs: Map<string, number>;
  counts: Counts;
  /** Nothing more is added to it: the next page of its chain goes on. */
  isFull: boolean;
}

/** The days of one month, of one metric, in one time zone: all that is left of what partitions have counted once those and their pages are gone. Each part that comes is added once; a page that is full goes on in the next of its chain. */
export const CountDays = defineEntity({
  protocol: CountDaysProtocol,
  type: "count-days",
  events: CountDaysEvents,
  initialState: (): CountDaysState => ({ seqs: new Map(), counts: new Counts(), isFull: false }),
  decide: {
    keep(state, { partial, seq, counts, link }) {
      if (seq <= (state.seqs.get(partial) ?? 0)) return { durability: "strongest", reply: { kind: "kept" } };
      if (isFilledBy(state, { counts, link })) {
        const events = state.isFull ? [] : [{ kind: "filled" } as const];
        return { events, durability: "strongest", reply: { kind: "full" } };
      }
      return {
        events: [{ kind: "kept", partial, seq, counts }],
        durability: "strongest",
        reply: { kind: "kept" },
      };
    },
    read: ({ seqs, counts, isFull }, portion) => ({
      reply: { kind: "days", seqs: Object.fromEntries(seqs), isFull, ...readOwn(counts, portion) },
    }),
  },
  evolve: {
    kept({ seqs, counts }, { partial, seq, counts: more }) {
      seqs.delete(partial);
      seqs.set(partial, seq);
      const [oldest] = seqs.keys();
      if (seqs.size > SEQS_MAX && oldest !== undefined) seqs.delete(oldest);
      // There are as many values as all partitions have: days have the budgets of one of them.
      counts.count(Counts.decode(more), 0);
      counts.pack(Number.MAX_SAFE_INTEGER);
    },
    filled: (state) => void (state.isFull = true),
  },
  snapshot: {
    // Nodes of the first version know of no chains: they refuse what they would take for the whole.
    version: 2,
    upcast: { 1: (data) => data },
    dump: ({ seqs, counts, isFull }: CountDaysState): Stored => ({
      seqs: [...seqs],
      counts: counts.encode(),
      isFull,
    }),
    load(data): CountDaysState {
      const { seqs, counts, isFull = false } = data as Stored;
      return { seqs: new Map(seqs), counts: Counts.decode(counts), isFull };
    },
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe: ({ seqs, counts, isFull }) => ({
    partitions: seqs.size,
    isFull,
    days: counts.blocks().reduce((sum, [, numbers]) => sum + numbers.length, 0),
  }),
});

interface Stored {
  readonly seqs: readonly (readonly [partial: string, seq: number])[];
  readonly counts: Uint8Array;
  /** Missing in what was stored before there were chains. */
  readonly isFull?: boolean;
}
