// Pure: how long something lasts, in the largest unit that fits.

const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
  [1, "millisecond"],
] as const;

/** "42s", "7m", "3h", as the language says it: the largest unit says enough. @param tag a language tag such as `en` */
export function duration(ms: number, tag: string): string {
  const [size, unit] = UNITS.find(([least]) => ms >= least) ?? [1, "millisecond"];
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "narrow" }).format(
    Math.floor(ms / size),
  );
}
