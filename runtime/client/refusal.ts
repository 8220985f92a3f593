/**
 * What is known about a request that failed.
 * `refused`: the server answered no. `notSent`: it never left, repeating it is safe.
 * `unknown`: it was sent and its answer is missing, so it may have been carried out.
 */
export type Outcome = "refused" | "notSent" | "unknown";

/** What is refused on this side; every other code comes from the server. */
export type LocalRefusal =
  | "notConnected"
  | "disconnected"
  | "timeout"
  | "tooManyPending"
  | "tooLarge"
  | "closed";

interface RefusalDetails {
  readonly field?: string | undefined;
  readonly text?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

const LOCAL_TEXTS: Readonly<Record<LocalRefusal, string>> = {
  notConnected: "there is no connection now",
  disconnected: "the connection broke before the answer came",
  timeout: "no answer in time",
  tooManyPending: "too many requests wait for their answer",
  tooLarge: "the frame is larger than the gateway takes",
  closed: "the client was closed",
};

/** Why a request to the gateway was not carried out, as a rejected promise has it. */
export class Refusal extends Error {
  /** A code of the gateway, of the room or of the action; or a `LocalRefusal`. */
  readonly code: string;
  readonly outcome: Outcome;
  /** The offending field as a JSON pointer. */
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, outcome: Outcome, details: RefusalDetails = {}) {
    super(details.text ?? code);
    this.name = "Refusal";
    this.code = code;
    this.outcome = outcome;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** A refusal that this side decided on. */
export function localRefusal(code: LocalRefusal, outcome: Outcome): Refusal {
  return new Refusal(code, outcome, { text: LOCAL_TEXTS[code] });
}
