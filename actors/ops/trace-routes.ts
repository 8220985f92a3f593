import {
  TRACE_EVERY,
  TRACE_FOR_MS,
  TraceBeginFields,
  TraceEndQueryFields,
  TraceFields,
  TraceQueryFields,
  TracesFields,
} from "../../protocols/ops-acts.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { Trace } from "../../runtime/kernel/trace.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { BodyOf, Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { nowhere } from "./nowhere.ts";
import { QueryReader } from "./query-reader.ts";

const WHOLE = { min: 0, max: 999_999_999, otherwise: 0 } as const;

/** Where turns are traced. */
export type TraceSource = Pick<ActorSystem, "traces" | "describe">;

/** Traces of single actors: which messages, how long they waited, how long their turns took. Never what they say. */
export function traceRoutes(source: TraceSource): Route[] {
  return [
    route("/v1/trace", {
      onRequest: {
        POST: operation({
          summary: "Begins to trace the turns of one actor; ends by itself",
          body: TraceBeginFields,
          answers: { 200: TraceFields, 400: RefusalFields, 404: RefusalFields, 409: RefusalFields },
          audited: ({ path }) => ({ act: "trace", target: path }),
          handle: ({ body }) => begin(source, body),
        }),
        GET: operation({
          summary: "What a trace has seen, or which traces run",
          query: TraceQueryFields,
          answers: { 200: TracesFields, 400: RefusalFields, 404: RefusalFields },
          handle: (request) => read(source, request),
        }),
        DELETE: operation({
          summary: "Ends a trace",
          query: TraceEndQueryFields,
          answers: { 200: TraceFields, 400: RefusalFields, 404: RefusalFields },
          handle: (request) => end(source, request),
        }),
      },
    }),
  ];
}

function begin(source: TraceSource, body: BodyOf<typeof TraceBeginFields>): RouteResponse {
  const { path, everyNth = TRACE_EVERY.otherwise, forMs = TRACE_FOR_MS.otherwise } = body;
  let trace: Trace | undefined;
  try {
    trace = source.traces.begin(path, { everyNth, forMs });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { status: 409, body: { code: "traceRefused", field: "/path", text: error.message } };
  }
  return trace === undefined ? nowhere(source, path, "/path") : { status: 200, body: shown(trace) };
}

function read({ traces }: TraceSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(TraceQueryFields));
  const id = reader.whole("id", WHOLE);
  const after = reader.whole("after", WHOLE);
  if (reader.refusal !== undefined) return reader.refusal;
  if (id === 0) return { status: 200, body: { traces: traces.open().map(shown) } };
  const trace = traces.get(id);
  if (trace === undefined) return noSuchTrace(id);
  return { status: 200, body: { trace: shown(trace), samples: trace.samples(after) } };
}

function end({ traces }: TraceSource, { query }: RouteRequest): RouteResponse {
  const reader = new QueryReader(query, Object.keys(TraceEndQueryFields));
  const id = reader.whole("id", WHOLE);
  if (reader.refusal !== undefined) return reader.refusal;
  const trace = traces.get(id);
  if (trace === undefined) return noSuchTrace(id);
  trace.end();
  return { status: 200, body: shown(trace) };
}

function noSuchTrace(id: number): RouteResponse {
  const text = `there is no trace ${id}; one that has ended can be read for a minute`;
  return { status: 404, body: { code: "noSuchTrace", field: "id", text } };
}

function shown({ id, path, type, everyNth, endsAtMs, turns, isOver }: Trace): BodyOf<typeof TraceFields> {
  return { id, path, type, everyNth, endsAtMs, turns, isOver };
}
