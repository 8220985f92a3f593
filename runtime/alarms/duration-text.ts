/** A duration for people: `42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. Pure. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  const units = [
    { name: "d", size: 86_400 },
    { name: "h", size: 3_600 },
    { name: "min", size: 60 },
    { name: "s", size: 1 },
  ];
  const first = units.findIndex(({ size }) => seconds >= size);
  if (first < 0) return "0 s";
  const parts = units.slice(first, first + 2).map(({ name, size }, index) => {
    const bound = index === 0 ? Number.POSITIVE_INFINITY : (units[first]?.size ?? 1);
    return { name, count: Math.floor((seconds % bound) / size) };
  });
  return parts
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(" ");
}
