import { CountPageEvents, CountPageProtocol } from "../../protocols/count-page.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { isFilledBy } from "./page-room.ts";
import { readOwn } from "./read-portion.ts";

/** After how many writes a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 24;
const EXPIRY = "expiry";

interface CountPageState {
  /** Of the latest counts that were added. */
  seq: number;
  counts: Counts;
  /** Nothing more is added to it: the next page of its chain goes on. */
  isFull: boolean;
}

/** Old counts of one metric of one partition, or the first of them: a page that is full goes on in the next of its chain. What is sent twice is added once, by its number, and its partition forgets it then: so a failover must not make the page forget it; the page is emptied when its time is over. */
export const CountPage = defineEntity({
  protocol: CountPageProtocol,
  type: "count-page",
  events: CountPageEvents,
  initialState: (): CountPageState => ({ seq: 0, counts: new Counts(), isFull: false }),
  decide: {
    keep(state, { seq, counts, untilMs, link }) {
      if (seq <= state.seq) return { durability: "strongest", reply: { kind: "kept" } };
      if (isFilledBy(state, { counts, link })) {
        const events = state.isFull ? [] : [{ kind: "filled" } as const];
        return { events, durability: "strongest", reply: { kind: "full" } };
      }
      return {
        events: [{ kind: "kept", seq, counts }],
        reminders: [{ kind: "remind", name: EXPIRY, atMs: untilMs, message: { kind: "expire" } }],
        durability: "strongest",
        reply: { kind: "kept" },
      };
    },
    read: ({ seq, counts, isFull }, portion) => ({
      reply: { kind: "counts", seq, isFull, ...readOwn(counts, portion) },
    }),
    expire: (_state) => ({ events: [{ kind: "expired" }] }),
  },
  evolve: {
    kept(state, { seq, counts }) {
      state.seq = seq;
      state.counts.merge(counts);
      state.counts.pack(Number.MAX_SAFE_INTEGER);
    },
    filled: (state) => void (state.isFull = true),
    expired: (state) => void (state.counts = new Counts()),
  },
  snapshot: {
    // Nodes of the first version know of no chains: they refuse what they would take for the whole.
    version: 2,
    upcast: { 1: (data) => data },
    dump: ({ seq, counts, isFull }: CountPageState): Stored => ({ seq, counts: counts.encode(), isFull }),
    load(data): CountPageState {
      const { seq, counts, isFull = false } = data as Stored;
      return { seq, counts: Counts.decode(counts), isFull };
    },
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe: ({ seq, counts, isFull }) => ({
    seq,
    isFull,
    blocks: counts.blocks().reduce((sum, [, numbers]) => sum + numbers.length, 0),
  }),
});

interface Stored {
  readonly seq: number;
  readonly counts: Uint8Array;
  /** Missing in what was stored before there were chains. */
  readonly isFull?: boolean;
}
