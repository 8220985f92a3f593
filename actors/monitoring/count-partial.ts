import { CountPartialEvents, CountPartialProtocol } from "../../protocols/partial.ts";
import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import type { DecideContext } from "../../runtime/actor/decision.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { note } from "../../runtime/counting/account.ts";
import { rangeOf } from "../../runtime/counting/counts.ts";
import { archivableBefore, pageParts } from "../../runtime/counting/pages.ts";
import { readTally, TALLY_BYTES_MAX } from "../../runtime/counting/tally.ts";
import { whenCaughtUp } from "../../runtime/counting/watermark.ts";
import { countOutcome, isOfServices } from "./count-event.ts";
import { afterTally, list, writePart } from "./partial-effects.ts";
import type { CountPartialArgs } from "./partial-effects.ts";
import { addBatch, addTold, forgetLeft, leave, newPartialState, PARTIAL_SNAPSHOT } from "./partial-state.ts";
import type { PartialState } from "./partial-state.ts";
import { UNHEARD } from "./standings.ts";
import type { Standing } from "./standings.ts";

/** After how many batches a snapshot is made: a load replays at most as many. */
const SNAPSHOT_EVERY_RECORDS = 256;
/** Batches that may wait: a partition has one reader, which waits for each answer. */
const WAITING_MAX = 200;

type Submit = AskMessage<CountPartialProtocol, "submit">;
type Deciding = DecideContext<CountPartialProtocol, CountPartialArgs>;

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
      const refusal = refusalOf(state, submit);
      if (refusal !== undefined) return { reply: refusal };
      const before = saidOf(context);
      return {
        events: [{ kind: "counted", ...batch, ...given({ passedMs: caughtUp(state, before) }) }],
        reply: { kind: "counted", cursor: batch.to },
        after(now, after) {
          after.args.standings.note(after.id, { state: said, lagMs }, after.nowMs());
          afterTally(now, batch.tally, after);
        },
      };
    },
    standing(state, { state: said, atMs, lagMs, cursor }) {
      const isAhead = cursor !== undefined && cursor !== state.cursor;
      return {
        events: said === "gone" && !state.isGone ? [{ kind: "ended" }] : [],
        after(_now, after) {
          const known =
            said === "caughtUp" && isAhead ? { state: "flowing" as const } : { state: said, atMs };
          after.args.standings.note(after.id, { ...known, lagMs }, after.nowMs());
          list(after);
        },
      };
    },
    count(state, told, context) {
      const { id, args } = context;
      const parts = { id, ids: state.ids, metrics: args.metrics, nowMs: context.wallMs() };
      const { reply, tally } = countOutcome(told, parts);
      if (reply.kind === "repeated") return { events: [{ kind: "repeated" }], reply };
      if (tally === undefined) return { reply };
      const { eventId, atMs = parts.nowMs } = told;
      const passed = given({ passedMs: caughtUp(state, saidOf(context)) });
      return {
        // What is refused for its time is not counted, but it was read: the account says so.
        events: [{ kind: "told", tally, ...(reply.kind === "taken" ? { eventId, atMs } : {}), ...passed }],
        reply,
        after: (now, after) => afterTally(now, tally, after),
      };
    },
    read: (state, { metric, fromMs, toMs }, context) => ({
      reply: {
        kind: "counts",
        counts: state.counts.encode(rangeOf(fromMs, toMs), metric),
        archivedBefore: state.archivedBefore,
        rounds: state.rounds,
        leaving: pageParts(state.leaving, state.rounds)
          .filter(({ page }) => page.startsWith(`${metric}/`))
          .map(({ page, seq, counts }) => ({ page, seq, counts })),
        ...standing(state, context),
      },
    }),
    account: (state, _message, context) => ({
      reply: {
        kind: "account",
        ...given({ cursor: state.cursor }),
        batches: state.batches,
        ...state.account,
        lost: state.lost,
        ...standing(state, context),
      },
    }),
    archiveNow(state) {
      // What has not arrived yet goes first: it may have been sent before, under the same numbers.
      const before = archivableBefore(state.counts, state.watermarkMs, state.archivedBefore);
      const isNext = state.leaving.isEmpty && before !== undefined;
      return {
        events: isNext ? [{ kind: "leaving", before }] : [],
        after: (now, after) => writePart(now, 0, after),
      };
    },
    archive({ leaving, rounds }, { parts, isWritten }) {
      const isDone = isWritten && parts >= pageParts(leaving, rounds).length;
      return {
        events: isDone ? [{ kind: "archived" }] : [],
        after(now, after) {
          if (isWritten) writePart(now, parts, after);
          else after.args.standings.endArchiving(after.id);
        },
      };
    },
    listed: (_state, { isListed }) => ({
      after(_now, after) {
        if (isListed) after.args.standings.noteListed(after.id);
      },
    }),
  },
  evolve: {
    counted: addBatch,
    ended: (state) => void (state.isGone = true),
    told: addTold,
    repeated: ({ account }) => note(account, "duplicate"),
    leaving: leave,
    archived: forgetLeft,
  },
  snapshot: { ...PARTIAL_SNAPSHOT, everyRecords: SNAPSHOT_EVERY_RECORDS },
  mailboxMax: WAITING_MAX,
  describe: ({ cursor, batches, account, lost, watermarkMs, isGone }) => ({
    ...given({ cursor, watermarkMs }),
    batches,
    ...account,
    lost,
    isGone,
  }),
});

/** Why a batch is not counted; undefined when it is. */
function refusalOf(
  { cursor }: PartialState,
  submit: Submit,
): Reply<CountPartialProtocol, "submit"> | undefined {
  if (submit.to === cursor) return { kind: "duplicate", cursor };
  if (submit.from !== cursor) return { kind: "gap", ...given({ cursor }) };
  if (submit.tally.length > TALLY_BYTES_MAX) {
    const text = `the tally has ${submit.tally.length} bytes, more than ${TALLY_BYTES_MAX}`;
    return { kind: "refused", code: "tallyTooLarge", text };
  }
  try {
    readTally(submit.tally);
    return undefined;
  } catch (error) {
    return { kind: "refused", code: "tallyInvalid", text: String((error as Error).message) };
  }
}

function standing(state: PartialState, context: Deciding) {
  const said = saidOf(context);
  return {
    state: state.isGone || isUnread(state, said) ? ("gone" as const) : said.state,
    ...given({ watermarkMs: caughtUp(state, said), lagMs: said.lagMs }),
  };
}

/** Of which nothing was ever counted, and nothing is heard: its source was taken out of the settings before it had anything. Nobody waits for it until it is heard of again. */
function isUnread({ batches, watermarkMs }: PartialState, said: Standing): boolean {
  return batches === 0 && watermarkMs === undefined && said === UNHEARD;
}

/** What is known of how it stands. Services have no reader that could be behind. */
function saidOf(context: Deciding): Standing {
  if (isOfServices(context.id)) return { state: "caughtUp", atMs: context.wallMs() };
  return context.args.standings.of(context.id, context.nowMs());
}

function caughtUp(state: PartialState, said: Standing): number | undefined {
  return whenCaughtUp(state.watermarkMs, said.state === "caughtUp" ? said.atMs : undefined);
}

/** The fields that are there. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
