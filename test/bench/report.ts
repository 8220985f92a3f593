import type { Figure, Part } from "./benchmark.ts";
import type { Samples } from "./samples.ts";

/** What one part measured, as lines for people: every contender's numbers with their spread, then the figures. */
export function reportPart(part: Part, samples: Samples, figures: Readonly<Record<string, number>>): string {
  const measured = Object.entries(samples.spreads()).flatMap(([contender, numbers]) =>
    Object.entries(numbers).map(([number, { median, min, max }]) => [
      `  ${contender}`,
      number,
      readable(median),
      `(${readable(min)} … ${readable(max)})`,
    ]),
  );
  const worked = Object.entries(figures).map(([key, value]) => {
    const figure = part.figures[key]!;
    return [`  ${key}`, "", readable(value), verdict(figure, value)];
  });
  return `${part.name}\n${aligned([...measured, ...worked])}\n`;
}

/** Whether a figure is where it should be, in words. */
export function verdict(figure: Figure, value: number): string {
  if (figure.target === undefined) return "";
  return `${isMet(figure.target, value) ? "meets" : "MISSES"} ${aim(figure)}`;
}

/** What a figure should be, in signs. */
export function aim({ target }: Figure): string {
  if (target === undefined) return "";
  return "atLeast" in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

function isMet(target: NonNullable<Figure["target"]>, value: number): boolean {
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}

/** A number as people read it: `12,345`, `0.812`. */
export function readable(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: Math.abs(value) >= 1_000 ? 7 : 3 });
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]!.length));
  const widths = [0, 1, 2, 3].map(widthOf);
  return rows
    .map(([name, number, value, note]) =>
      `${name!.padEnd(widths[0]!)}  ${number!.padEnd(widths[1]!)}  ${value!.padStart(widths[2]!)}  ${note!}`.trimEnd(),
    )
    .join("\n");
}
