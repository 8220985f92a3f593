import { ApiError } from "./api-error.ts";
import type { DevCall } from "./dev-call.ts";

/** The object that a call brings. @throws ApiError when it brings something else */
export function readBodyOf(call: DevCall): Readonly<Record<string, unknown>> {
  const value = readJsonOf(call);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ApiError(400, "JsonInfoInvalid", "an object is expected");
}

/** The JSON that a call brings. @throws ApiError when it is none */
export function readJsonOf({ body }: DevCall): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ApiError(400, "PostBodyInvalid", "the body is no JSON");
  }
}
