import { CountBookEvents, CountBookProtocol } from "../../protocols/count-book.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";

/** Partitions that may be known: shards of logs come and go, and their counts stay. */
const PARTIALS_MAX = 10_000;
/** After how many records a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 100;

interface CountBookState {
  readonly partials: Set<string>;
}

/** Knows all partitions that were ever counted, so that a question about counts misses none. */
export const CountBook = defineEntity({
  protocol: CountBookProtocol,
  type: "count-book",
  events: CountBookEvents,
  initialState: (): CountBookState => ({ partials: new Set() }),
  decide: {
    add({ partials }, { partial }) {
      if (partials.has(partial)) return { reply: { kind: "added" } };
      if (partials.size >= PARTIALS_MAX) {
        const text = `${PARTIALS_MAX} partitions are counted already`;
        return { reply: { kind: "refused", code: "tooManyPartials", text } };
      }
      return { events: [{ kind: "added", partial }], reply: { kind: "added" } };
    },
    list: ({ partials }) => ({ reply: { kind: "partials", partials: [...partials].sort() } }),
  },
  evolve: { added: ({ partials }, { partial }) => void partials.add(partial) },
  snapshot: {
    version: 1,
    dump: ({ partials }: CountBookState) => [...partials],
    load: (data): CountBookState => ({ partials: new Set(data as string[]) }),
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe: ({ partials }) => ({ partials: partials.size }),
});
