import type { Attempt } from "../../protocols/endpoint.ts";
import type { HttpAnswer } from "./http-exchange.ts";

/** Answers below 500 that mean "not now". */
const NOT_NOW: readonly number[] = [408, 425, 429];

/** What a receiver's HTTP status means for a delivery (RFC 9110; 425: RFC 8470; 429: RFC 6585). Pure. */
export function judgeStatus(
  { status, retryAfter }: Pick<HttpAnswer, "status" | "retryAfter">,
  wallMs: number,
): Attempt {
  const text = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "delivered", text };
  if (status >= 300 && status < 400) {
    return { kind: "rejected", text: `${text}: redirects are not followed, set the final address` };
  }
  if (status < 500 && !NOT_NOW.includes(status)) return { kind: "rejected", text };
  const afterMs = retryAfterMs(retryAfter, wallMs);
  return { kind: "failed", text, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** What `Retry-After` asks for: seconds or a date (RFC 9110, 10.2.3); undefined when it is neither. Pure. */
export function retryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - wallMs);
}
