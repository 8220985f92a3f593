import { CountPageEvents, CountPageProtocol } from "../../protocols/count-page.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { Counts, rangeOf } from "../../runtime/counting/counts.ts";

/** After how many writes a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 24;
const EXPIRY = "expiry";

interface CountPageState {
  /** Of the latest counts that were added. */
  seq: number;
  counts: Counts;
}

/** Old counts of one metric of one partition. What is sent twice is added once, by its number; the page is emptied when its time is over. */
export const CountPage = defineEntity({
  protocol: CountPageProtocol,
  type: "count-page",
  events: CountPageEvents,
  initialState: (): CountPageState => ({ seq: 0, counts: new Counts() }),
  decide: {
    keep(state, { seq, counts, untilMs }) {
      if (seq <= state.seq) return { reply: { kind: "kept" } };
      return {
        events: [{ kind: "kept", seq, counts }],
        reminders: [{ kind: "remind", name: EXPIRY, atMs: untilMs, message: { kind: "expire" } }],
        reply: { kind: "kept" },
      };
    },
    read: ({ seq, counts }, { fromMs, toMs }) => ({
      reply: { kind: "counts", seq, counts: counts.encode(rangeOf(fromMs, toMs)) },
    }),
    expire: (_state) => ({ events: [{ kind: "expired" }] }),
  },
  evolve: {
    kept(state, { seq, counts }) {
      state.seq = seq;
      state.counts.merge(counts);
      state.counts.pack(Number.MAX_SAFE_INTEGER);
    },
    expired: (state) => void (state.counts = new Counts()),
  },
  snapshot: {
    version: 1,
    dump: ({ seq, counts }: CountPageState): Stored => ({ seq, counts: counts.encode() }),
    load(data): CountPageState {
      const { seq, counts } = data as Stored;
      return { seq, counts: Counts.decode(counts) };
    },
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe: ({ seq, counts }) => ({
    seq,
    blocks: counts.blocks().reduce((sum, [, numbers]) => sum + numbers.length, 0),
  }),
});

interface Stored {
  readonly seq: number;
  readonly counts: Uint8Array;
}
