import { isPromised, messageKey, storedCounts } from "./history.ts";
import type { EndedMessage, History } from "./history.ts";
import { BELL } from "./tally.ts";

type Facts = Pick<History, "said" | "ended" | "stored" | "lost" | "forgivenUntilMs" | "acceptedAtMs">;

/** I2: what was answered or acknowledged is stored, and nothing is stored twice; and while everything is lost nobody promises anything. Pure. */
export function checkPromises(history: Facts): readonly string[] {
  const counts = storedCounts(history);
  const { said, forgivenUntilMs } = history;
  // An answer may come long after it was given.
  const forgiven = said.filter(({ atMs }) => forgivenUntilMs !== undefined && atMs <= forgivenUntilMs);
  const mayBeLost = new Set(forgiven.map(messageKey));
  const missing = history.ended
    .filter((one) => isPromised(one) && !isForgivenBell(one, forgivenUntilMs))
    .map(messageKey)
    .filter((key) => !counts.has(key) && !mayBeLost.has(key));
  const twice = [...counts].filter(([, count]) => count > 1);
  return [
    ...[...new Set(missing)].map((key) => `I2 ${key} was acknowledged and is not stored`),
    ...twice.map(([key, count]) => `I2 ${key} is stored ${count} times`),
    ...rash(history),
  ];
}

/** Nobody has said what a tally reminds itself of: it counts from when that was promised. */
function isForgivenBell({ from, atMs }: EndedMessage, forgivenUntilMs = -Infinity): boolean {
  return from === BELL && atMs <= forgivenUntilMs;
}

/** What was said and answered while everything was lost, and nobody had accepted that. One that had nothing to lose was in memory as such, and may go on. */
function rash({ said, ended, lost, forgivenUntilMs = 0, acceptedAtMs = 0 }: Facts): string[] {
  const late = said
    .filter(({ atMs }) => atMs > forgivenUntilMs && atMs < acceptedAtMs)
    .filter(({ tally }) => (lost.get(tally)?.length ?? 0) > 0);
  const saidMs = new Map(late.map((message) => [messageKey(message), message.atMs - forgivenUntilMs]));
  return ended
    .filter((one) => isPromised(one) && one.atMs < acceptedAtMs && saidMs.has(messageKey(one)))
    .map((one) => {
      const key = messageKey(one);
      const times = `said at ${saidMs.get(key)} ms, answered at ${one.atMs - forgivenUntilMs} ms of ${acceptedAtMs - forgivenUntilMs} ms`;
      return `I2 ${key} was acknowledged while everything was lost: ${times}`;
    });
}
