import { usePageSettings } from "./page-settings.ts";
import { relativeTime, timeOfDay } from "./relative-time.ts";

/** How long ago something was; the exact time when one points at it. */
export function TimeAgo({ atMs }: { readonly atMs: number }) {
  const { language, minute } = usePageSettings();
  const at = new Date(atMs);
  return (
    <time class="time" dateTime={at.toISOString()} title={at.toLocaleString(language.value)}>
      {relativeTime(atMs, Math.max(minute.value, atMs), language.value)}
    </time>
  );
}

/** The time of day at which something was; the exact time when one points at it. */
export function TimeOfDay({ atMs }: { readonly atMs: number }) {
  const { language } = usePageSettings();
  const at = new Date(atMs);
  return (
    <time class="time" dateTime={at.toISOString()} title={at.toLocaleString(language.value)}>
      {timeOfDay(atMs, language.value)}
    </time>
  );
}
