import { adviceFor } from "./sls-advice.ts";
import { remedyOf } from "./sls-remedy.ts";
import type { RefusedCall, Remedy } from "./sls-remedy.ts";

/** What went wrong before there was an answer, or with the answer itself. All of it may go well the next time. */
export type LocalFailure =
  | "connectTimeout"
  | "callTimeout"
  | "connectionLost"
  | "badAnswer"
  | "noCredentials"
  | "aborted";

interface SlsErrorFacts {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** A call of SLS has failed: the code, as the service says it, and what a puller does about it. */
export class SlsError extends Error {
  readonly code: string;
  readonly remedy: Remedy;
  /** The HTTP status; missing when nothing was answered. */
  readonly status: number | undefined;
  /** By it the people of the service find the call. */
  readonly requestId: string | undefined;

  private constructor(code: string, text: string, remedy: Remedy, facts: SlsErrorFacts = {}) {
    super(`${code}: ${text}`, { cause: facts.cause });
    this.name = "SlsError";
    this.code = code;
    this.remedy = remedy;
    this.status = facts.status;
    this.requestId = facts.requestId;
  }

  /** The service has answered, and it is no success. */
  static refused(refused: RefusedCall, requestId: string | undefined): SlsError {
    const { code, message, status } = refused;
    const text = [message, adviceFor(code)].filter((part) => part !== undefined).join("; ");
    return new SlsError(code, text, remedyOf(refused), { status, requestId });
  }

  /** Nothing that makes sense has come back. */
  static failed(code: LocalFailure, text: string, facts: SlsErrorFacts = {}): SlsError {
    return new SlsError(code, text, code === "noCredentials" ? "renewCredentials" : "retry", facts);
  }

  /** Whether it took too long: the next pull asks for less. */
  get isTimeout(): boolean {
    return this.code === "callTimeout";
  }
}
