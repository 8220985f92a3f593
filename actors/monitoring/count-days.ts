import { CountDaysEvents, CountDaysProtocol } from "../../protocols/count-days.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { Counts, rangeOf } from "../../runtime/counting/counts.ts";

/** After how many writes a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 48;
/** Partitions of which it is remembered what they have sent: more than the book has, so that it is forgotten only of those that are gone. */
const SEQS_MAX = 20_000;

interface CountDaysState {
  /** Of each partition, the number of the latest counts that were added; those that have sent last stand last. */
  readonly seqs: Map<string, number>;
  counts: Counts;
}

/** The days of one month, of one metric, in one time zone: all that is left of what partitions have counted once those and their pages are gone. Each part that comes is added once. */
export const CountDays = defineEntity({
  protocol: CountDaysProtocol,
  type: "count-days",
  events: CountDaysEvents,
  initialState: (): CountDaysState => ({ seqs: new Map(), counts: new Counts() }),
  decide: {
    keep({ seqs }, { partial, seq, counts }) {
      const isNew = seq > (seqs.get(partial) ?? 0);
      return { events: isNew ? [{ kind: "kept", partial, seq, counts }] : [], reply: { kind: "kept" } };
    },
    read: ({ seqs, counts }, { fromMs, toMs }) => ({
      reply: { kind: "days", counts: counts.encode(rangeOf(fromMs, toMs)), seqs: Object.fromEntries(seqs) },
    }),
  },
  evolve: {
    kept({ seqs, counts }, { partial, seq, counts: more }) {
      seqs.delete(partial);
      seqs.set(partial, seq);
      const [oldest] = seqs.keys();
      if (seqs.size > SEQS_MAX && oldest !== undefined) seqs.delete(oldest);
      counts.merge(more);
      counts.pack(Number.MAX_SAFE_INTEGER);
    },
  },
  snapshot: {
    version: 1,
    dump: ({ seqs, counts }: CountDaysState): Stored => ({ seqs: [...seqs], counts: counts.encode() }),
    load(data): CountDaysState {
      const { seqs, counts } = data as Stored;
      return { seqs: new Map(seqs), counts: Counts.decode(counts) };
    },
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe: ({ seqs, counts }) => ({
    partitions: seqs.size,
    days: counts.blocks().reduce((sum, [, numbers]) => sum + numbers.length, 0),
  }),
});

interface Stored {
  readonly seqs: readonly (readonly [partial: string, seq: number])[];
  readonly counts: Uint8Array;
}
