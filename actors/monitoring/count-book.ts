import { CountBookEvents, CountBookProtocol } from "../../protocols/count-book.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { TIERS } from "../../runtime/counting/pages.ts";

/** Partitions that may be known: shards of logs come and go, and their counts stay. */
const PARTIALS_MAX = 10_000;
/** After how many records a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 100;
/** When the last page of counts is over that were made at a time, in milliseconds after it: the page itself spans some weeks. */
const KEPT_MS = TIERS.quarter.keptMs + 32 * 86_400_000;

interface CountBookState {
  /** With the time up to which there are counts; undefined for those of which more may come. */
  readonly partials: Map<string, number | undefined>;
}

/** Knows all partitions of which there are counts, so that a question misses none: a partition tells it once, so a failover must not make it forget that. One that has ended leaves it once its last page is over; its days stay. */
export const CountBook = defineEntity({
  protocol: CountBookProtocol,
  type: "count-book",
  events: CountBookEvents,
  initialState: (): CountBookState => ({ partials: new Map() }),
  decide: {
    add({ partials }, { partial }, context) {
      if (partials.has(partial) && partials.get(partial) === undefined) {
        return { durability: "strongest", reply: { kind: "added" } };
      }
      const over = overAt(partials, context.wallMs());
      if (!partials.has(partial) && partials.size - over.length >= PARTIALS_MAX) {
        const text = `${PARTIALS_MAX} partitions are counted already: what is counted of this one is stored, and is in no answer`;
        return { reply: { kind: "refused", code: "tooManyPartials", text } };
      }
      const removed = over.length === 0 ? [] : [{ kind: "removed", partials: over } as const];
      return {
        events: [...removed, { kind: "added", partial }],
        durability: "strongest",
        reply: { kind: "added" },
      };
    },
    end({ partials }, { partial, lastMs }) {
      const isKnown = partials.has(partial) && partials.get(partial) !== lastMs;
      return {
        events: isKnown ? [{ kind: "ended", partial, lastMs }] : [],
        durability: "strongest",
        reply: { kind: "ended" },
      };
    },
    list({ partials }, { fromMs = 0 }) {
      const wanted = [...partials].filter(([, lastMs]) => lastMs === undefined || lastMs > fromMs);
      return { reply: { kind: "partials", partials: wanted.map(([partial]) => partial).sort() } };
    },
  },
  evolve: {
    added: ({ partials }, { partial }) => void partials.set(partial, undefined),
    ended: ({ partials }, { partial, lastMs }) => void partials.set(partial, lastMs),
    removed({ partials }, { partials: over }) {
      for (const partial of over) partials.delete(partial);
    },
  },
  snapshot: {
    version: 2,
    dump: ({ partials }: CountBookState): Stored => [...partials].map(([id, lastMs]) => [id, lastMs ?? null]),
    load: (data): CountBookState => ({
      partials: new Map((data as Stored).map(([id, lastMs]) => [id, lastMs ?? undefined])),
    }),
    upcast: { 1: (data): Stored => (data as string[]).map((id) => [id, null]) },
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe({ partials }) {
    const ended = [...partials.values()].filter((lastMs) => lastMs !== undefined).length;
    return { partials: partials.size, ended };
  },
});

type Stored = readonly (readonly [partial: string, lastMs: number | null])[];

function overAt(partials: ReadonlyMap<string, number | undefined>, nowMs: number): string[] {
  const over = [...partials].filter(([, lastMs]) => lastMs !== undefined && lastMs + KEPT_MS < nowMs);
  return over.map(([partial]) => partial);
}
