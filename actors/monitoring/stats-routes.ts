import { PassThrough } from "node:stream";
import type { Reference } from "../../protocols/reference.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { PARTITIONS_ANSWER_FIELDS, STATS_ANSWER_FIELDS, STATS_QUERY_FIELDS } from "../../protocols/stats.ts";
import type { StatsStreamsProtocol } from "../../protocols/stats-streams.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteContext, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { askAccounts } from "./ask-partials.ts";
import { askStats, guarded } from "./ask-stats.ts";
import type { StatsSource } from "./ask-stats.ts";

/** Where counts are asked for. */
const STATS_PATH = "/v1/stats";
/** An answer that is larger is not followed, in letters: it would be added up and held again each second. */
const FOLLOWED_MAX = 2_097_152;
/** What a follower does not take is not kept for it beyond this, in bytes: it comes again and gets the whole. It is more than the whole of any answer that is followed. */
const BEHIND_MAX = 8_388_608;

const REFUSALS = { 400: RefusalFields, 404: RefusalFields, 503: RefusalFields } as const;

/** What was counted, as it is and as it changes, and what became of everything that was read. */
export function statsRoutes(source: StatsSource, streams: Reference<StatsStreamsProtocol>): Route[] {
  return [
    route(STATS_PATH, {
      onRequest: {
        GET: operation({
          summary: "What was counted of a metric, in time blocks, with how complete that is",
          query: STATS_QUERY_FIELDS,
          answers: { 200: STATS_ANSWER_FIELDS, 304: {}, ...REFUSALS },
          handle: (request, context) => answerStats(source, request, context),
        }),
      },
    }),
    route(`${STATS_PATH}/stream`, {
      onRequest: {
        GET: operation({
          summary:
            "The same as server-sent events: first the whole answer, then each second the points that changed",
          query: STATS_QUERY_FIELDS,
          answers: { 200: "text/event-stream", ...REFUSALS },
          handle: (request, context) => openStream({ source, streams }, request, context),
        }),
      },
    }),
    route(`${STATS_PATH}/partitions`, {
      onRequest: {
        GET: operation({
          summary: "How far each partition of a log is counted, and what became of each record that was read",
          answers: { 200: PARTITIONS_ANSWER_FIELDS, 503: RefusalFields },
          handle: (_request, context) =>
            guarded(async () => ({ status: 200, body: await accounts(source, context) })),
        }),
      },
    }),
  ];
}

async function accounts(source: StatsSource, context: RouteContext): Promise<object> {
  const partitions = await askAccounts(source, context);
  return { partitions: partitions.map(({ kind: _, ...account }) => account) };
}

/** A range in which nothing has changed is not sent again. */
async function answerStats(
  source: StatsSource,
  { query, headers }: RouteRequest,
  context: RouteContext,
): Promise<RouteResponse> {
  const answer = await askStats(source, query, context);
  const etag = answer.headers?.["etag"];
  if (etag === undefined || headers["if-none-match"] !== etag) return answer;
  return { status: 304, headers: { etag, "cache-control": "private, no-cache" } };
}

function isBehind({ writableLength }: PassThrough): boolean {
  return writableLength > BEHIND_MAX;
}

function tooLarge(length: number): RouteResponse {
  const text = `the answer has ${length} letters, and none of more than ${FOLLOWED_MAX} is followed; ask for a shorter range, a wider step or a smaller top`;
  return { status: 400, body: { code: "tooManyPoints", field: "top", text } };
}

interface Streaming {
  readonly source: StatsSource;
  readonly streams: Reference<StatsStreamsProtocol>;
}

async function openStream(
  { source, streams }: Streaming,
  { query }: RouteRequest,
  context: RouteContext,
): Promise<RouteResponse> {
  // What is wrong with the question is said before anything is opened.
  const first = await askStats(source, query, context);
  if (first.status !== 200) return first;
  if (typeof first.body === "string" && first.body.length > FOLLOWED_MAX) return tooLarge(first.body.length);
  const stream = new PassThrough();
  const follower = {
    query,
    isOver: () => stream.destroyed || isBehind(stream),
    send: (bytes: Uint8Array) => void stream.write(bytes),
    // Whoever does not read would never come to the end either: what waits for it goes with its connection.
    end: () => void (isBehind(stream) ? stream.destroy() : stream.end()),
  };
  const reply = await context.ask(streams, { kind: "follow", follower });
  if (reply.kind === "refused") return { status: 503, body: { code: "busy", text: reply.text } };
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
    body: stream,
  };
}
