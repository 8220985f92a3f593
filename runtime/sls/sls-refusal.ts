import type { HttpAnswer } from "./http-link.ts";
import { SlsError } from "./sls-error.ts";

/** How much of an answer that is no JSON is shown. */
const TEXT_CHARS = 200;

interface RefusalBody {
  readonly errorCode?: unknown;
  readonly errorMessage?: unknown;
  readonly Error?: { readonly Code?: unknown; readonly Message?: unknown; readonly RequestId?: unknown };
}

/** Why an answer is no success; undefined when it is one. Pure. */
export function refusalIn({ status, headers, body }: HttpAnswer): SlsError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const text = body.toString();
  const { errorCode, errorMessage, Error: older } = parse(text);
  const requestId = headers["x-log-requestid"] ?? older?.RequestId;
  const refused = {
    status,
    // A proxy on the way answers in its own words.
    code: textOr(errorCode ?? older?.Code, `http${status}`),
    message: textOr(errorMessage ?? older?.Message, text.slice(0, TEXT_CHARS)),
  };
  return SlsError.refused(refused, typeof requestId === "string" ? requestId : undefined);
}

function parse(text: string): RefusalBody {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}

function textOr(value: unknown, other: string): string {
  return typeof value === "string" && value !== "" ? value : other;
}
