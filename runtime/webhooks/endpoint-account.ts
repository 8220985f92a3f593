import type { Attempt } from "../../protocols/endpoint.ts";

/** How deliveries of an endpoint have ended so far. */
export interface EndpointCounts {
  readonly delivered: number;
  /** Tries that failed and were repeated. */
  readonly retried: number;
  /** Deliveries that the receiver does not want. */
  readonly rejected: number;
  /** Deliveries that were tried for too long. */
  readonly gaveUp: number;
  /** Deliveries that were not taken, because the queue was full. */
  readonly refused: number;
}

/** The account of one endpoint, for operators and metrics; it outlasts the endpoint's lives. */
export class EndpointAccount {
  readonly counts: { -readonly [Name in keyof EndpointCounts]: number } = {
    delivered: 0,
    retried: 0,
    rejected: 0,
    gaveUp: 0,
    refused: 0,
  };
  /** What the receiver answered last. */
  last: { readonly atMs: number; readonly kind: Attempt["kind"]; readonly text: string } | undefined =
    undefined;
}
