/** How much of an answer is read, in bytes. */
const ANSWER_BYTES_MAX = 16_384;

/** One request to a receiver. */
export interface HttpCall {
  readonly url: string;
  readonly method: "POST" | "PUT" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  /** The header as it stands. */
  readonly retryAfter: string | undefined;
  /** The beginning of the body. */
  readonly text: string;
}

/**
 * Makes one request, exactly to the address that is written there: redirects are not followed, so no answer can send
 * what we say somewhere else, and no answer is read beyond 16 KiB. Rejects when there was no answer.
 */
export async function exchange({ url, ...call }: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
  const { body, ...rest } = call;
  const response = await fetch(url, {
    ...rest,
    ...(body === undefined ? {} : { body }),
    redirect: "manual",
    signal,
  });
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    text: await readStart(response),
  };
}

async function readStart({ body }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString("utf8");
}

/** Why there was no answer, in a word. The message of the error may hold the URL, and that may be a secret. Pure. */
export function failureOf(error: unknown): string {
  const { name, code, cause } = error as { name?: string; code?: unknown; cause?: { code?: unknown } };
  const known = [cause?.code, code].find((candidate) => typeof candidate === "string");
  if (name === "AbortError" || name === "TimeoutError") return "no answer in time";
  return `no answer (${String(known ?? name ?? "unknown")})`;
}
