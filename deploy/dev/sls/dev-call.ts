import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";

/** More than a put may have, and little enough for memory, in bytes. */
const BODY_BYTES_MAX = 11 * 1024 * 1024;

/** A call as it came in. */
export interface DevCall {
  readonly verb: string;
  /** The first label of Host; missing for calls of the endpoint itself. */
  readonly project: string | undefined;
  /** As it was sent. */
  readonly path: string;
  /** The parts of the path, decoded. */
  readonly parts: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** As it was sent: packed, if it was. */
  readonly body: Buffer;
}

/** What the server answers. */
export interface DevAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Reads a call to its end. @throws ApiError when the body is too large */
export async function readCall(request: IncomingMessage): Promise<DevCall> {
  const url = new URL(request.url ?? "/", "http://server");
  return {
    verb: request.method ?? "GET",
    project: projectOf(request.headers.host),
    path: url.pathname,
    parts: url.pathname.split("/").slice(1).map(decodeURIComponent),
    query: new Map(url.searchParams),
    headers: request.headers,
    body: await readBody(request),
  };
}

/** An answer of JSON. */
export function json(value: unknown): DevAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

/** An empty answer has no type: the official package reads JSON wherever it is told so, even out of nothing. */
export function empty(): DevAnswer {
  return { status: 200, headers: {}, body: Buffer.alloc(0) };
}

/** A refusal in the words of the service. */
export function refusal({ status, code, message }: ApiError): DevAnswer {
  return { ...json({ errorCode: code, errorMessage: message }), status };
}

/** A literal address or a bare name has no project in front. */
function projectOf(host: string | undefined): string | undefined {
  const name = (host ?? "").replace(/:\d+$/, "");
  if (name.startsWith("[") || /^\d+(\.\d+){3}$/.test(name)) return undefined;
  const dot = name.indexOf(".");
  return dot < 1 ? undefined : name.slice(0, dot);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new ApiError(413, "PostBodyTooLarge", "the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
