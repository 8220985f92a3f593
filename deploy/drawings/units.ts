const KIB = 1_024;

/** `42 s`, `7 min`, `3 h`, `2 d`: the largest unit that fits. Pure. */
export function duration(ms: number): string {
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ] as const;
  const [size, unit] = units.find(([least]) => ms >= least) ?? [1, "ms"];
  return `${Math.floor(ms / size)} ${unit}`;
}

/** `512 B`, `12 KiB`, `3.4 MiB`: three digits say enough. Pure. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Math.abs(count);
  let unit = 0;
  for (; value >= KIB && unit < units.length - 1; unit++) value /= KIB;
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${count < 0 ? "-" : ""}${value.toFixed(digits)} ${units[unit]}`;
}

/** `+1.2 MiB/min`; `-` while it is not known. Pure. */
export function slope(bytesPerMinute: number | undefined): string {
  if (bytesPerMinute === undefined) return "-";
  return `${bytesPerMinute > 0 ? "+" : ""}${bytes(bytesPerMinute)}/min`;
}

/** `2026-01-31 14:03:09`, in the time zone of the machine. Pure but for that. */
export function timeOf(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A text that cannot write to the terminal, nor beyond its place. Pure. */
export function oneLine(text: string, max = 120): string {
  const clean = text.replace(/\s+/g, " ").replace(/\p{C}/gu, "\u{fffd}");
  return clean.length > max ? `${clean.slice(0, max - 1)}…` : clean;
}
