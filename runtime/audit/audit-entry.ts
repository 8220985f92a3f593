/** Who did it: where the request came from, and which token it carried, as a fingerprint that opens nothing. */
export interface AuditWho {
  readonly address: string;
  readonly token: string;
}

/** What an operator wants done, before it is. */
export interface AuditAct {
  readonly who: AuditWho;
  /** A verb, such as `suspend`. */
  readonly act: string;
  /** Whom or what it is done to. */
  readonly target: string;
  /** The body of the request, as far as it fits. */
  readonly parameters: unknown;
}

/**
 * What became of it. `begun`: it was about to be carried out, and no more is known when the process ended there;
 * `refused`: nothing was done; `failed`: an error ended it.
 */
export type AuditOutcome = "begun" | "done" | "refused" | "failed";

/** One act of an operator, as the audit keeps it. */
export interface AuditEntry extends AuditAct {
  readonly id: string;
  /** When it began, in milliseconds since 1970. */
  readonly atMs: number;
  readonly outcome: AuditOutcome;
  /** The HTTP status of the answer. */
  readonly status?: number;
  /** What was answered, as far as it fits. */
  readonly answer?: unknown;
}
