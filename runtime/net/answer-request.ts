import { isUtf8 } from "node:buffer";
import { compileFields, compileMessages } from "../codec/validator.ts";
import type { Validate, Validation } from "../codec/validator.ts";
import { FRAME_DEPTH_MAX } from "../codec/frame-codec.ts";
import { isWithinDepth } from "../codec/depth.ts";
import type {
  Guard,
  Operation,
  Principal,
  Route,
  RouteContext,
  RouteRequest,
  RouteResponse,
} from "./route.ts";

/** Answers one plain request. */
export type AnswerRequest = (request: RouteRequest, context: RouteContext) => Promise<RouteResponse>;

/** Puts guard, schema and handler of an operation in a row. */
export function answerRequest(route: Route, operation: Operation): AnswerRequest {
  const guard = operation.auth ?? route.auth;
  const check = checkOf(operation);
  return async (request, context) => {
    const { refusal, principal } = await admit(guard, request, context);
    if (refusal !== undefined) return refusal;
    if (check === undefined) {
      return operation.handle({ ...request, body: request.raw as never, principal }, context);
    }
    const checked = readBody(request.raw, check);
    if (!checked.ok) return refused(400, checked.code, checked);
    return operation.handle({ ...request, body: checked.message as never, principal }, context);
  };
}

function checkOf({ body, messages }: Operation): Validate<unknown> | undefined {
  if (messages !== undefined) return compileMessages(messages);
  return body === undefined ? undefined : compileFields(body);
}

interface Admitted {
  readonly refusal?: RouteResponse;
  readonly principal?: Principal | undefined;
}

async function admit(
  guard: Guard | undefined,
  request: RouteRequest,
  context: RouteContext,
): Promise<Admitted> {
  if (guard === undefined) return {};
  const admission = await guard(request, context);
  if (admission.kind === "admitted") return { principal: admission.principal };
  return { refusal: refused(admission.status, admission.code, admission) };
}

function refused(
  status: number,
  code: string,
  why: { readonly field?: string; readonly text: string },
): RouteResponse {
  const { field, text } = why;
  const body = { code, ...(field === undefined ? {} : { field }), text };
  // RFC 9110 wants each 401 to say how one may prove oneself.
  return status === 401 ? { status, body, headers: { "www-authenticate": "Bearer" } } : { status, body };
}

type Unread = { readonly ok: false; readonly code: string; readonly text: string };

function readBody(raw: Buffer, check: (value: unknown) => Validation<unknown>): Validation<unknown> | Unread {
  // Read leniently, wrong bytes would become other letters than those that were signed.
  if (!isUtf8(raw)) return { ok: false, code: "notUtf8", text: "the body is not valid UTF-8" };
  let value: unknown;
  try {
    value = JSON.parse(raw.toString());
  } catch {
    return { ok: false, code: "notJson", text: "the body is not valid JSON" };
  }
  if (!isWithinDepth(value, FRAME_DEPTH_MAX)) {
    return {
      ok: false,
      code: "tooDeep",
      text: `the body nests more than ${FRAME_DEPTH_MAX} objects and arrays`,
    };
  }
  return check(value);
}
