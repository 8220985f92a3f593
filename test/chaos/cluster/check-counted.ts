import { messageKey, storedCounts } from "./history.ts";
import type { History, SaidMessage } from "./history.ts";

/**
 * I4: what was taken and is not stored is counted somewhere; each question has ended, and each delivery has its receipt. What was said before a process was killed may
 * have been in its memory. Pure.
 */
export function checkCounted(history: History): readonly string[] {
  const counts = storedCounts(history);
  const lastKillMs = Math.max(-Infinity, history.forgivenUntilMs ?? -Infinity, ...history.killedAtMs);
  const missing = history.said.filter(
    (said) => said.how === "tell" && said.atMs > lastKillMs && !counts.has(messageKey(said)),
  );
  return [...uncounted(history, missing), ...endless(history)];
}

function uncounted({ counted }: History, missing: readonly SaidMessage[]): string[] {
  if (missing.length <= counted) return [];
  const [first] = missing;
  const example = first === undefined ? "" : `, such as ${messageKey(first)}`;
  return [`I4 ${missing.length} messages have vanished${example}, and only ${counted} are counted`];
}

function endless({ said, ended, gone, forgivenUntilMs = -Infinity }: History): string[] {
  const ends = new Set(ended.map(messageKey));
  return said
    .filter(({ how, from, atMs }) => how !== "tell" && !isGone(from, gone) && atMs > forgivenUntilMs)
    .map((message) => ({ message, key: messageKey(message) }))
    .filter(({ key }) => !ends.has(key))
    .map(({ message: { how }, key }) => `I4 ${key} (${how}) has no end`);
}

/** Senders are called after their node: `<node>.<which>`. */
function isGone(from: string, gone: ReadonlySet<string>): boolean {
  return gone.has(from.slice(0, from.lastIndexOf(".")));
}
