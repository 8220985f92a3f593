import type { RouteResponse } from "../../runtime/net/route.ts";

/** Why a service is refused, with the status that says so. */
export interface WhyNot {
  readonly status: number;
  readonly code: string;
  readonly field?: string;
  readonly text: string;
  /** In so many seconds it may come again. */
  readonly retryAfterS?: number;
}

/** The answer to a service that is refused. Pure. */
export function refused({ status, code, field, text, retryAfterS }: WhyNot): RouteResponse {
  const body = { code, ...(field === undefined ? {} : { field }), text };
  return retryAfterS === undefined
    ? { status, body }
    : { status, body, headers: { "retry-after": String(retryAfterS) } };
}
