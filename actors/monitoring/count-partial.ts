import { CountPartialEvents, CountPartialProtocol } from "../../protocols/partial.ts";
import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { note } from "../../runtime/counting/account.ts";
import type { OpenTally } from "../../runtime/counting/open-tally.ts";
import { archivableBefore, PART_BYTES_MAX } from "../../runtime/counting/pages.ts";
import { TALLY_BYTES_MAX } from "../../runtime/counting/tally.ts";
import { countOutcome } from "./count-event.ts";
import { given } from "./given.ts";
import { afterTally, archiveAgain, noteBook, settle, writePart } from "./partial-effects.ts";
import type { CountPartialArgs } from "./partial-effects.ts";
import { endedBySilence, isHeard, passed, standing, turned } from "./partial-standing.ts";
import {
  addBatch,
  addTold,
  end,
  forgetLeft,
  leave,
  newPartialState,
  PARTIAL_SNAPSHOT,
  resume,
} from "./partial-state.ts";
import type { PartialState } from "./partial-state.ts";
import { readPartial } from "./read-partial.ts";

/** After how many batches a snapshot is made: a load replays at most as many. */
const SNAPSHOT_EVERY_RECORDS = 256;
/** Batches that may wait: a partition has one reader, which waits for each answer. */
const WAITING_MAX = 200;

type Submit = AskMessage<CountPartialProtocol, "submit">;

/**
 * The counts of one partition of a log, and the cursor up to which they go: both are in the record of each batch, so that neither a crash nor a second reader can
 * count anything twice or leave anything out.
 */
export const CountPartial = defineEntity({
  protocol: CountPartialProtocol,
  type: "count-partial",
  events: CountPartialEvents,
  forServices: ["count"],
  initialState: (_id, _args: CountPartialArgs): PartialState => newPartialState(),
  decide: {
    position: ({ cursor }) => ({ reply: { kind: "position", ...given({ cursor }) } }),
    submit(state, submit, context) {
      const { kind: _kind, state: said = "flowing", lagMs, ...batch } = submit;
      const opened = open(state, submit);
      if (!("tally" in opened)) return { reply: opened };
      const { account, counts } = opened.tally;
      const blocks = counts.blocks();
      return {
        events: [{ kind: "counted", ...batch, ...given({ passedMs: passed(state, context) }) }],
        reply: { kind: "counted", cursor: batch.to },
        after(now, after) {
          after.args.standings.note(after.id, { state: said, lagMs }, after.nowMs());
          after.args.accounts.note(after.id, { ...account, lost: batch.gap?.lost ?? 0 });
          afterTally(now, blocks, after);
        },
      };
    },
    standing(state, { state: said, atMs, lagMs, cursor }) {
      const isAhead = cursor !== undefined && cursor !== state.cursor;
      return {
        events: turned(state, said),
        after(now, after) {
          const known =
            said === "caughtUp" && isAhead ? { state: "flowing" as const } : { state: said, atMs };
          after.args.standings.note(after.id, { ...known, lagMs }, after.nowMs());
          settle(now, after);
        },
      };
    },
    count(state, told, context) {
      const { id, args } = context;
      const parts = { id, ids: state.ids, metrics: args.metrics, nowMs: context.wallMs() };
      const { reply, tally } = countOutcome(told, parts);
      if (reply.kind === "repeated") {
        return {
          events: [{ kind: "repeated" }],
          reply,
          after: (_now, after) => after.args.accounts.note(after.id, { duplicate: 1 }),
        };
      }
      if (tally === undefined) return { reply };
      const { account, counts } = state.opener.open(tally);
      const blocks = counts.blocks();
      const { eventId, atMs = parts.nowMs } = told;
      // What is refused for its time is not counted, but it was read: the account says so.
      const known = reply.kind === "taken" ? { eventId, atMs } : {};
      return {
        events: [{ kind: "told", tally, ...known, ...given({ passedMs: passed(state, context) }) }],
        reply,
        after(now, after) {
          after.args.accounts.note(after.id, account);
          afterTally(now, blocks, after);
        },
      };
    },
    read: (state, asked, context) => ({
      events: endedBySilence(state, context),
      reply: { ...readPartial(state, asked), ...standing(state, context) },
      after: settle,
    }),
    account: (state, _message, context) => ({
      events: endedBySilence(state, context),
      reply: {
        kind: "account",
        ...given({ cursor: state.cursor }),
        batches: state.batches,
        ...state.account,
        lost: state.lost,
        ...(state.handedOver === 0 ? {} : { handedOver: state.handedOver }),
        isHeard: isHeard(context),
        ...standing(state, context),
      },
      after: settle,
    }),
    archiveNow(state, _message, { args: { zones } }) {
      // What has not arrived yet goes first: it may have been sent before, under the same numbers.
      const before = state.leaving === undefined ? archivableBefore(state) : undefined;
      return {
        events:
          before === undefined
            ? []
            : [{ kind: "leaving", before, partBytes: PART_BYTES_MAX, zones: [...zones] }],
        // Pages know the parts by their numbers: after a failover the same numbers must not stand for other counts.
        durability: "strongest",
        after: (now, after) => writePart(now, { parts: 0 }, after),
      };
    },
    archive({ leaving }, { parts, isWritten, link }) {
      const isDone = isWritten && parts >= (leaving?.parts.length ?? 0);
      return {
        events: isDone ? [{ kind: "archived" }] : [],
        after(now, after) {
          if (!isWritten) return archiveAgain(after);
          if (!isDone) return writePart(now, { parts, link }, after);
          now.life.endArchiving();
          settle(now, after);
        },
      };
    },
    listed: (_state, answer) => ({ after: (now, after) => noteBook(now, answer, after) }),
  },
  evolve: {
    counted: addBatch,
    ended: end,
    resumed: resume,
    told: addTold,
    repeated: ({ account }) => note(account, "duplicate"),
    leaving: leave,
    archived: forgetLeft,
  },
  snapshot: { ...PARTIAL_SNAPSHOT, everyRecords: SNAPSHOT_EVERY_RECORDS },
  mailboxMax: WAITING_MAX,
  describe: ({ cursor, batches, account, lost, handedOver, watermarkMs, isGone }) => ({
    ...given({ cursor, watermarkMs }),
    batches,
    ...account,
    lost,
    handedOver,
    isGone,
  }),
});

/** The tally of a batch that is to be counted, looked at down to its last number before anything of it is stored; or why it is not counted. */
function open(
  { cursor, opener }: PartialState,
  { from, to, tally }: Submit,
): { readonly tally: OpenTally } | Reply<CountPartialProtocol, "submit"> {
  if (to === cursor) return { kind: "duplicate", cursor };
  if (from !== cursor) return { kind: "gap", ...given({ cursor }) };
  if (!(tally instanceof Uint8Array)) {
    return { kind: "refused", code: "tallyInvalid", text: "the tally is no bytes" };
  }
  if (tally.length > TALLY_BYTES_MAX) {
    const text = `the tally has ${tally.length} bytes, more than ${TALLY_BYTES_MAX}`;
    return { kind: "refused", code: "tallyTooLarge", text };
  }
  try {
    return { tally: opener.open(tally) };
  } catch (error) {
    // Whatever else is thrown is a bug, and ends this life instead of the batch.
    if (!(error instanceof RangeError)) throw error;
    return { kind: "refused", code: "tallyInvalid", text: error.message };
  }
}
