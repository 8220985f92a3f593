// Pure: how long ago something was, in words.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "now", "5 min. ago", "yesterday", as the language says it. @param tag a language tag such as `en` */
export function relativeTime(atMs: number, nowMs: number, tag: string): string {
  const format = new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" });
  const agoMs = Math.max(0, nowMs - atMs);
  if (agoMs < MINUTE_MS) return format.format(0, "second");
  if (agoMs < HOUR_MS) return format.format(-Math.floor(agoMs / MINUTE_MS), "minute");
  if (agoMs < DAY_MS) return format.format(-Math.floor(agoMs / HOUR_MS), "hour");
  return format.format(-Math.floor(agoMs / DAY_MS), "day");
}

/** The time of day, "14:05". */
export function timeOfDay(atMs: number, tag: string): string {
  return new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(atMs);
}
