import { SlsError } from "../../../runtime/sls/sls-error.ts";
import type { Remedy as SlsRemedy } from "../../../runtime/sls/sls-remedy.ts";
import { PullFailure } from "../source.ts";
import type { Remedy } from "../source.ts";

/** What a puller does about what the service says. What concerns consumer groups does not come here. */
const REMEDIES: Readonly<Record<SlsRemedy, Remedy>> = {
  retry: "retry",
  repairClock: "retry",
  renewCredentials: "escalate",
  slowDown: "slowDown",
  restartAtOldest: "retry",
  finishShard: "leave",
  relist: "wait",
  rejoin: "retry",
  dropShard: "retry",
  recreateGroup: "retry",
  probe: "wait",
  split: "shrink",
  stop: "escalate",
};

/** Codes of answers that came too slowly, or made no sense: less of them may do better. */
const SHRINKING: readonly string[] = ["callTimeout", "badAnswer"];

/** A failed call as pullers know failures; anything else stays what it is. Pure. */
export function asPullFailure(error: unknown): unknown {
  if (!(error instanceof SlsError)) return error;
  const remedy = SHRINKING.includes(error.code) ? "shrink" : REMEDIES[error.remedy];
  return new PullFailure(error.code, remedy, error.message);
}
