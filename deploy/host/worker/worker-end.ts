import type { EndedWorker } from "../../../protocols/host.ts";
import { fatalBlockOf } from "../end/exit-evidence.ts";
import { exitMeaning } from "../end/exit-meaning.ts";
import type { WorkerExit } from "../end/exit-meaning.ts";

/** What is known of a worker whose process is gone. */
export interface EndFacts {
  readonly number: number;
  readonly dataDir: string;
  readonly startedAtMs: number;
  readonly exit: WorkerExit;
}

/** Reads out of what a process left behind what its end means. */
export function endOf({ number, dataDir, startedAtMs, exit }: EndFacts): EndedWorker {
  const { pid, code, signal } = exit;
  const atMs = Date.now();
  const meaning = exitMeaning({ ...exit, block: fatalBlockOf(dataDir, pid) });
  return { number, pid, atMs, lifeMs: atMs - startedAtMs, code, signal, ...meaning };
}
