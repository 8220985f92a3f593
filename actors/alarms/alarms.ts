import { AlarmsProtocol } from "../../protocols/alarms.ts";
import type { HostReport } from "../../protocols/host.ts";
import type { EndpointProtocol } from "../../protocols/endpoint.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context, Outcome } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { AlarmPolicy, Notice } from "../../runtime/alarms/alarm.ts";
import { AlarmBook } from "../../runtime/alarms/alarm-book.ts";
import type { BookDump } from "../../runtime/alarms/alarm-book.ts";
import { hostWord } from "../../runtime/alarms/host-alarms.ts";
import { noticeDelivery } from "../../runtime/alarms/notice-delivery.ts";
import { Endpoint } from "../../runtime/webhooks/endpoint.ts";
import type { AlarmChannelPart } from "./alarm-channels.ts";

/** How long a turn may go on without progress, in milliseconds. */
const PROGRESS_WITHIN_MS = 10_000;
/** The longest that is waited before the book is looked at again, in milliseconds: the time of day may jump. */
const LOOK_EVERY_MAX_MS = 60_000;
/** How often the host's report is read, in milliseconds. */
const REPORT_EVERY_MS = 1_000;
/** What happened longer ago than this is no news to a process that has just started, in milliseconds. */
const NEWS_MS = 300_000;

/** What the alarms of a node are started with. */
export interface AlarmsArgs {
  /** Who is raising: the name of the node, as people are told it. */
  readonly node: string;
  readonly policy: AlarmPolicy;
  readonly channels: readonly AlarmChannelPart[];
  /** How long something must not happen again until its alarm ends by itself, in milliseconds. */
  readonly quietMs: number;
  /** What the host knows of its processes, where there is a host. */
  readonly hostReport?: (() => HostReport | undefined) | undefined;
}

interface AlarmsState {
  readonly node: string;
  readonly book: AlarmBook;
  /** Up to when the host's report has been read. */
  reportReadMs: number;
  readonly quietMs: number;
  readonly hostReport: AlarmsArgs["hostReport"];
  /** By name. */
  readonly channels: ReadonlyMap<string, Reference<EndpointProtocol>>;
}

/** What the next process needs to go on. */
interface AlarmsDump {
  readonly book: BookDump;
  readonly reportReadMs: number;
}

type AlarmsContext = Context<AlarmsProtocol>;

/** Knows what is wrong, and sees to it that people hear of it: once, again when nobody acts, and when it is over. */
export const Alarms = defineActor({
  protocol: AlarmsProtocol,
  essential: true,
  progressWithinMs: PROGRESS_WITHIN_MS,
  // A channel that keeps failing must not silence the others.
  supervision: { strategy: "oneForOne", whenExhausted: "stop" },
  initialState: (args: AlarmsArgs, context: AlarmsContext): AlarmsState =>
    begin(args, new AlarmBook(args.policy), context),
  handlers: {
    raise(state, call, context) {
      tell(state, state.book.raise(call, context.wallMs()), context);
    },
    clear(state, { key }, context) {
      tell(state, state.book.clear(key, context.wallMs()), context);
    },
    drop(state, { key }, context) {
      state.book.drop(key);
      wakeWhenDue(state, context);
    },
    due(state, _message, context) {
      tell(state, state.book.due(context.wallMs()), context);
    },
    readReport(state, _message, context) {
      const report = state.hostReport?.();
      context.startTimer("report", REPORT_EVERY_MS, { kind: "readReport" });
      if (report === undefined) return;
      const { calls, readUntilMs } = hostWord(report, state.reportReadMs, state.quietMs);
      state.reportReadMs = readUntilMs;
      for (const call of calls) tell(state, state.book.raise(call, context.wallMs()), context);
    },
    handed(_state, { channel, verdict }, context) {
      if (verdict !== "queued") context.log.error("alarm.untold", { channel, why: verdict });
    },
    list({ book }, _question, context) {
      const { overflowed } = book;
      context.reply({ kind: "alarms", active: book.active(), ended: [...book.ended()], overflowed });
    },
    act(state, { key, act, by }, context) {
      const nowMs = context.wallMs();
      if (act === "acknowledge") {
        if (!state.book.acknowledge(key, by, nowMs)) return context.reply({ kind: "unknown" });
        context.log.info("alarm.acknowledged", { key, by });
        return context.reply({ kind: "done", became: "acknowledged" });
      }
      const notices = state.book.close(key, nowMs);
      if (notices === undefined) return context.reply({ kind: "unknown" });
      context.reply({ kind: "done", became: "closed" });
      tell(state, notices, context);
    },
  },
  handOver: {
    version: 1,
    dump: ({ book, reportReadMs }): AlarmsDump => ({ book: book.dump(), reportReadMs }),
    load(data, args, context) {
      const { book, reportReadMs } = data as AlarmsDump;
      const state = begin(args, new AlarmBook(args.policy, book), context);
      state.reportReadMs = reportReadMs;
      wakeWhenDue(state, context);
      return state;
    },
  },
  describe: ({ book }) => ({ active: book.active().length, overflowed: book.overflowed }),
});

function begin(args: AlarmsArgs, book: AlarmBook, context: AlarmsContext): AlarmsState {
  const { node, quietMs, hostReport } = args;
  if (hostReport !== undefined) context.startTimer("report", REPORT_EVERY_MS, { kind: "readReport" });
  const reportReadMs = context.wallMs() - NEWS_MS;
  return { node, book, quietMs, hostReport, reportReadMs, channels: startChannels(args, context) };
}

function startChannels({ channels }: AlarmsArgs, context: AlarmsContext): AlarmsState["channels"] {
  return new Map(
    channels.map(({ name, kind: _kind, ...args }) => [name, context.spawn(Endpoint, name, args)]),
  );
}

function tell(state: AlarmsState, notices: readonly Notice[], context: AlarmsContext): void {
  for (const notice of notices) {
    const delivery = noticeDelivery(state.node, notice, context.wallMs());
    for (const channel of notice.channels) {
      const endpoint = state.channels.get(channel);
      if (endpoint === undefined) continue;
      const handed = context.ask(endpoint, { kind: "deliver", ...delivery });
      context.pipeToSelf(handed, (outcome) => ({ kind: "handed", channel, verdict: verdictOf(outcome) }));
    }
  }
  wakeWhenDue(state, context);
}

function wakeWhenDue(state: AlarmsState, context: AlarmsContext): void {
  const dueMs = state.book.nextDueMs();
  if (dueMs === undefined) return context.stopTimer("due");
  const inMs = Math.min(LOOK_EVERY_MAX_MS, Math.max(0, dueMs - context.wallMs()));
  context.startTimer("due", inMs, { kind: "due" });
}

function verdictOf(outcome: Outcome<{ readonly kind: string; readonly code?: string }>): string {
  if (!outcome.ok) return outcome.error.message;
  return outcome.value.kind === "queued" ? "queued" : (outcome.value.code ?? outcome.value.kind);
}
