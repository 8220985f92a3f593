import type { FailureCause } from "../supervision/restart-policy.ts";
import { asError } from "./as-error.ts";
import type { Cell } from "./cell.ts";

/** Failures of one actor that are kept for operators. */
const FAILURES_KEPT = 5;

/** A failure of an actor, for operators. The message is named by its kind; its content is not kept. */
export interface FailureRecord {
  readonly atMs: number;
  /** Whether it threw or fell silent. */
  readonly cause: FailureCause;
  readonly message: string;
  /** The kind of the message that was being handled; undefined when the initial state or a child failed. */
  readonly kind: string | undefined;
  readonly stack: string | undefined;
}

/** What an actor was at when it failed, and how. */
export interface FailedAt {
  readonly cause: FailureCause;
  readonly kind: string | undefined;
}

/** Keeps what went wrong for operators: the latest first, and only a few. */
export function recordFailure(cell: Cell, error: unknown, { cause, kind }: FailedAt): void {
  const { message, stack } = asError(error);
  const record: FailureRecord = { atMs: cell.system.clock.wallMs(), cause, message, kind, stack };
  cell.failed++;
  cell.rare.failures = [record, ...cell.rare.failures.slice(0, FAILURES_KEPT - 1)];
}
