import { createHash } from "node:crypto";
import { REQUEST_KEY, REQUEST_KEY_TEXT } from "../../runtime/codec/done-request.ts";
import type { RequestName } from "../../runtime/codec/done-request.ts";
import type { RouteRequest } from "../../runtime/net/route.ts";
import type { WhyNot } from "./refused.ts";

/** How long an answer is waited for unless the service says otherwise, and at most; in milliseconds. */
const DEADLINE_MS = 5_000;
const DEADLINE_MAX_MS = 30_000;
/** The header by which a service names what it asks for. */
const KEY_HEADER = "idempotency-key";
const DEADLINE = /^\d{1,6}$/;

/** What a service says of its message beside the message. */
export interface RequestHead {
  readonly deadlineMs: number;
  /** Undefined for a message that may be carried out as often as it comes. */
  readonly request: RequestName | undefined;
}

/** What stands beside a message, or what is wrong with it. Two services may use the same names. Pure. */
export function requestHead({ query, headers, raw }: RouteRequest, keyId: string): RequestHead | WhyNot {
  const deadline = query.get("deadlineMs") ?? String(DEADLINE_MS);
  const deadlineMs = DEADLINE.test(deadline) ? Number(deadline) : 0;
  if (deadlineMs < 1 || deadlineMs > DEADLINE_MAX_MS) return NO_DEADLINE;
  const key = headers[KEY_HEADER];
  if (key === undefined) return { deadlineMs, request: undefined };
  if (typeof key !== "string" || !REQUEST_KEY.test(key)) return NO_KEY;
  const digest = createHash("sha256").update(raw).digest("base64url");
  return { deadlineMs, request: { name: `${keyId}:${key}`, digest } };
}

const NO_DEADLINE: WhyNot = {
  status: 400,
  code: "invalidField",
  field: "deadlineMs",
  text: `must be a whole number from 1 to ${DEADLINE_MAX_MS}`,
};
const NO_KEY: WhyNot = {
  status: 400,
  code: "invalidField",
  field: "Idempotency-Key",
  text: REQUEST_KEY_TEXT,
};
