import { CountPartialEvents, CountPartialProtocol } from "../../protocols/partial.ts";
import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import type { DecideContext } from "../../runtime/actor/decision.ts";
import { defineEntity } from "../../runtime/actor/define-entity.ts";
import { note } from "../../runtime/counting/account.ts";
import { rangeOf } from "../../runtime/counting/counts.ts";
import type { OpenTally } from "../../runtime/counting/open-tally.ts";
import { archivableBefore, PART_BYTES_MAX } from "../../runtime/counting/pages.ts";
import { TALLY_BYTES_MAX } from "../../runtime/counting/tally.ts";
import { whenCaughtUp } from "../../runtime/counting/watermark.ts";
import { countOutcome, isOfServices } from "./count-event.ts";
import { afterTally, archiveAgain, noteBook, settle, writePart } from "./partial-effects.ts";
import type { CountPartialArgs } from "./partial-effects.ts";
import { addBatch, addTold, forgetLeft, leave, newPartialState, PARTIAL_SNAPSHOT } from "./partial-state.ts";
import type { PartialState } from "./partial-state.ts";
import { UNHEARD } from "./standings.ts";
import type { Standing } from "./standings.ts";

/** After how many batches a snapshot is made: a load replays at most as many. */
const SNAPSHOT_EVERY_RECORDS = 256;
/** Nothing was counted of a source that is in no settings any more for so long: nobody waits for it, in milliseconds. */
const GIVEN_UP_MS = 900_000;
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
      const opened = open(state, submit);
      if (!("tally" in opened)) return { reply: opened };
      const blocks = opened.tally.counts.blocks();
      const before = saidOf(context);
      return {
        events: [{ kind: "counted", ...batch, ...given({ passedMs: caughtUp(state, before) }) }],
        reply: { kind: "counted", cursor: batch.to },
        after(now, after) {
          after.args.standings.note(after.id, { state: said, lagMs }, after.nowMs());
          afterTally(now, blocks, after);
        },
      };
    },
    standing(state, { state: said, atMs, lagMs, cursor }) {
      const isAhead = cursor !== undefined && cursor !== state.cursor;
      return {
        events: said === "gone" && !state.isGone ? [{ kind: "ended" }] : [],
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
      if (reply.kind === "repeated") return { events: [{ kind: "repeated" }], reply };
      if (tally === undefined) return { reply };
      const blocks = state.opener.open(tally).counts.blocks();
      const { eventId, atMs = parts.nowMs } = told;
      const passed = given({ passedMs: caughtUp(state, saidOf(context)) });
      return {
        // What is refused for its time is not counted, but it was read: the account says so.
        events: [{ kind: "told", tally, ...(reply.kind === "taken" ? { eventId, atMs } : {}), ...passed }],
        reply,
        after: (now, after) => afterTally(now, blocks, after),
      };
    },
    read(state, { metric, fromMs, toMs }, context) {
      const parts = state.leaving?.parts ?? [];
      return {
        events: endedBySilence(state, context),
        reply: {
          kind: "counts",
          counts: state.counts.encode(rangeOf(fromMs, toMs), metric),
          archivedBefore: state.archivedBefore,
          rounds: state.rounds,
          leaving: parts
            .filter(({ page }) => page.startsWith(`${metric}/`))
            .map(({ page, seq, counts }) => ({ page, seq, counts })),
          ...standing(state, context),
        },
        after: settle,
      };
    },
    account: (state, _message, context) => ({
      events: endedBySilence(state, context),
      reply: {
        kind: "account",
        ...given({ cursor: state.cursor }),
        batches: state.batches,
        ...state.account,
        lost: state.lost,
        ...(state.handedOver === 0 ? {} : { handedOver: state.handedOver }),
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
        after: (now, after) => writePart(now, 0, after),
      };
    },
    archive({ leaving }, { parts, isWritten }) {
      const isDone = isWritten && parts >= (leaving?.parts.length ?? 0);
      return {
        events: isDone ? [{ kind: "archived" }] : [],
        after(now, after) {
          if (!isWritten) return archiveAgain(after);
          if (!isDone) return writePart(now, parts, after);
          now.life.endArchiving();
          settle(now, after);
        },
      };
    },
    listed: (_state, answer) => ({ after: (now, after) => noteBook(now, answer, after) }),
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

function standing(state: PartialState, context: Deciding) {
  const said = saidOf(context);
  const isOver = isEnded(state, said) || isUnread(state, said) || isGivenUp(state, said, context);
  return {
    state: isOver ? ("gone" as const) : said.state,
    ...given({ watermarkMs: caughtUp(state, said), lagMs: said.lagMs }),
  };
}

/** Nothing will come any more; a reader that is heard of again knows better: a shard that was given away may come back. */
function isEnded({ isGone }: PartialState, said: Standing): boolean {
  return isGone && (said === UNHEARD || said.state === "gone");
}

/** Whoever looks at a partition that nobody reads any more finds that it has ended. */
function endedBySilence(state: PartialState, context: Deciding): { readonly kind: "ended" }[] {
  const isNew = !state.isGone && isGivenUp(state, saidOf(context), context);
  return isNew ? [{ kind: "ended" }] : [];
}

/** Its source was taken out of the settings, and for a while nothing was counted. */
function isGivenUp({ watermarkMs = 0 }: PartialState, said: Standing, context: Deciding): boolean {
  if (said !== UNHEARD) return false;
  const source = context.id.slice(0, context.id.indexOf("/"));
  return !context.args.isRead(source) && context.wallMs() - watermarkMs > GIVEN_UP_MS;
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
