import { Fault, isFault } from "../fault.ts";

/** What Redis says when there is no room: in memory, or on its disk. */
const FULL = new Set(["OOM", "MISCONF"]);
/** What it, or a script of ours, says when a key does not hold what we have put there. */
const DAMAGED = /^(WRONGTYPE|DAMAGED)\b/;

/**
 * A failure of Redis as a failure of the journal. `outcome` says what is known of a write: "nothing was stored", or "unknown". Pure.
 */
export function journalFault(error: unknown, details: Readonly<Record<string, unknown>>): unknown {
  if (isFault(error, "redisUnavailable")) {
    return new Fault("journalUnavailable", { ...details, outcome: "nothing was stored" }, { cause: error });
  }
  if (isFault(error, "redisUnanswered")) {
    return new Fault("journalUnavailable", { ...details, outcome: "unknown" }, { cause: error });
  }
  if (!isFault(error, "redisRefused")) return error;
  const { reply, text } = error.details;
  const outcome = { ...details, outcome: "nothing was stored" };
  if (FULL.has(String(reply))) return new Fault("journalFull", outcome, { cause: error });
  const code = DAMAGED.test(String(text)) ? "journalCorrupt" : "journalUnavailable";
  return new Fault(code, outcome, { cause: error });
}
