import type { Fault } from "../fault.ts";
import type { RouteResponse } from "./route.ts";

/** What a client is answered when the runtime could not do its part. Pure. */
export function faultAnswer(fault: Fault): RouteResponse {
  const headers = fault.retryable ? { "retry-after": "1" } : undefined;
  const body = { code: fault.code, text: fault.message };
  return { status: fault.httpStatus, body, ...(headers === undefined ? {} : { headers }) };
}
