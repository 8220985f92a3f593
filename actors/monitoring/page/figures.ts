// Pure: numbers and times as people read them.

/** "1,234", "12.3K", "0.03": three digits that count. @param tag a language tag such as `en` */
export function figure(value: number, tag: string): string {
  if (value === 0) return "0";
  const isSmall = Math.abs(value) < 10_000;
  return new Intl.NumberFormat(tag, {
    maximumSignificantDigits: isSmall && Number.isInteger(value) ? 4 : 3,
    ...(isSmall ? {} : { notation: "compact" as const }),
  }).format(value);
}

/** "1,234,567": every digit, for numbers that have to add up. */
export function exact(value: number, tag: string): string {
  return new Intl.NumberFormat(tag).format(value);
}

/** "12.3 %"; a share that is not quite all or nothing is never shown as if it were. */
export function share(value: number, tag: string): string {
  const digits = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 });
  if (value > 0 && value < 0.001) return `<${digits.format(0.001)}`;
  if (value < 1 && value > 0.999) return `>${digits.format(0.999)}`;
  return digits.format(value);
}

const LATENCY_UNITS = [
  [1, "s"],
  [1e3, "ms"],
  [1e6, "µs"],
] as const;

/** "850 µs", "12 ms", "1.2 s"; "<1 ms" for nothing, because logs tell whole milliseconds. @param seconds how long it took */
export function latency(seconds: number, tag: string): string {
  if (seconds === 0) return "<1 ms";
  const [size, unit] = LATENCY_UNITS.find(([units]) => seconds * units >= 1) ?? [1e6, "µs"];
  const number = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 }).format(seconds * size);
  return `${number} ${unit}`;
}

/** The time of day with seconds, "14:05:30". */
export function clockTime(atMs: number, tag: string): string {
  return format(tag, { hour: "2-digit", minute: "2-digit", second: "2-digit" }, atMs);
}

/** The mark of a time below a chart: the day where one begins, else the hour. */
export function tickTime(atMs: number, tag: string): string {
  const isDay = minuteOfDay(atMs) === 0;
  return isDay
    ? format(tag, { month: "short", day: "numeric" }, atMs)
    : format(tag, { hour: "2-digit", minute: "2-digit" }, atMs);
}

/** A point of a chart: where it begins, with its day. */
export function pointTime(atMs: number, tag: string): string {
  const parts = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return format(tag, new Date(atMs).getSeconds() === 0 ? parts : { ...parts, second: "2-digit" }, atMs);
}

/** Which minute of its day a time is, on the clock of whoever looks. */
export function minuteOfDay(atMs: number): number {
  const at = new Date(atMs);
  return at.getSeconds() === 0 ? at.getHours() * 60 + at.getMinutes() : -1;
}

function format(tag: string, parts: Intl.DateTimeFormatOptions, atMs: number): string {
  return new Intl.DateTimeFormat(tag, { ...parts, hourCycle: "h23" }).format(atMs);
}
