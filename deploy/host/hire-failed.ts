import { EXIT_CODES } from "../refusal.ts";
import { WorkerFailed } from "./worker/worker-milestones.ts";
import type { WorkerProcess } from "./worker/worker-process.ts";

/** A worker could not start: what it said itself, or else what its end means. */
export class HireFailed extends Error {
  override readonly name = "HireFailed";
  /** The exit code that says the same, for a host that ends because of it. */
  readonly exitCode: number;

  constructor({ number, pid, refusal }: WorkerProcess, cause: Error) {
    const advice = cause instanceof WorkerFailed ? cause.end?.advice : undefined;
    const text = `worker ${number} (process ${pid}) ${cause.message}${advice === undefined ? "" : `; ${advice}`}`;
    super(refusal?.text ?? text, { cause });
    this.exitCode = refusal?.exitCode ?? EXIT_CODES.failed;
  }
}
