import { CountPageEvents, CountPageProtocol } from "../../protocols/count-page.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { BLOCK_MS, blockOf } from "../../runtime/counting/cells.ts";
import { Counts } from "../../runtime/counting/counts.ts";

/** After how many writes a snapshot is made. */
const SNAPSHOT_EVERY_RECORDS = 24;
const EXPIRY = "expiry";

interface CountPageState {
  counts: Counts;
}

/** Old counts of one metric of one partition. What is written twice is there once, because it is the same; it goes when its time is over. */
export const CountPage = defineEntity({
  protocol: CountPageProtocol,
  type: "count-page",
  events: CountPageEvents,
  initialState: (): CountPageState => ({ counts: new Counts() }),
  decide: {
    keep: (_state, { counts, untilMs }) => ({
      events: [{ kind: "kept", counts }],
      reminders: [{ kind: "remind", name: EXPIRY, atMs: untilMs, message: { kind: "expire" } }],
      reply: { kind: "kept" },
    }),
    read: ({ counts }, { fromMs, toMs }) => ({
      reply: {
        kind: "counts",
        counts: counts.encode({ from: blockOf(fromMs), to: blockOf(toMs + BLOCK_MS - 1) }),
      },
    }),
    expire: (_state) => ({ events: [{ kind: "expired" }] }),
  },
  evolve: {
    kept: ({ counts }, event) => counts.replace(event.counts),
    expired: (state) => void (state.counts = new Counts()),
  },
  snapshot: {
    version: 1,
    dump: ({ counts }: CountPageState) => counts.encode(),
    load: (data): CountPageState => ({ counts: Counts.decode(data as Uint8Array) }),
    everyRecords: SNAPSHOT_EVERY_RECORDS,
  },
  describe: ({ counts }) => ({
    blocks: counts.blocks().reduce((sum, [, numbers]) => sum + numbers.length, 0),
  }),
});
