import type { Clock } from "../../runtime/time/clock.ts";
import { WorkerFailed } from "./worker/worker-milestones.ts";
import type { WorkerProcess } from "./worker/worker-process.ts";

/** The two workers of a hand-over, and how long each step may take. */
export interface HandOverParts {
  readonly from: WorkerProcess;
  readonly to: WorkerProcess;
  readonly clock: Clock;
  readonly readyWithinMs: number;
  readonly handOverWithinMs: number;
}

/**
 * Has one worker move everything it serves to another, which has prepared itself. Resolves when the other one serves and
 * has all; the first one then ends by itself.
 * @throws WorkerFailed when the other one has failed on the way; then it is killed, and the first one goes on as before
 */
export async function handOver(parts: HandOverParts): Promise<void> {
  const { from, to, clock, readyWithinMs, handOverWithinMs } = parts;
  to.send({ kind: "adopt" });
  from.handOver();
  // Wanted below, also when the other worker fails first.
  const moved = settled(from.milestones.until("handedOver", handOverWithinMs, clock));
  void moved.then((failure) => failure !== undefined && to.send({ kind: "predecessorGone" }));
  try {
    await to.milestones.until("serving", readyWithinMs, clock);
    await untilMoved(to, moved);
  } catch (error) {
    // In this order: two must not serve what has moved.
    to.kill("killUnready");
    from.keep();
    throw error;
  }
}

/** That the old worker has failed spoils nothing: the new one serves with what has come. That the new one has ended does. */
async function untilMoved(to: WorkerProcess, moved: Promise<unknown>): Promise<void> {
  const end = await Promise.race([moved.then(() => undefined), to.ended]);
  if (end !== undefined) throw new WorkerFailed(end.text, end);
}

/** Why a promise was rejected; undefined when it was not. */
function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
