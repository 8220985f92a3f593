/** How a word of a drawing is emphasised; plain text where there is no terminal. */
export type Paint = (style: "dim" | "warn" | "alarm", text: string) => string;

/** One line of a table. */
export interface Row {
  readonly cells: readonly string[];
  readonly style?: "plain" | "dim" | "warn" | "alarm";
}

/** Between two columns. */
const GAP = "  ";

/** A table: its headings, and which of its columns hold numbers, which line up on the right. */
export interface Table {
  readonly headings: readonly string[];
  readonly numbers: readonly string[];
  readonly rows: readonly Row[];
}

/** Draws a table with a line for each row, and columns as wide as they need to be. Pure. */
export function drawTable({ headings, numbers, rows }: Table, paint: Paint): string {
  const all: Row[] = [{ cells: headings, style: "dim" }, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map(({ cells }) => width(cells[column] ?? ""))));
  const isNumber = headings.map((heading) => numbers.includes(heading));
  return all.map((row) => drawRow(row, { widths, isNumber }, paint)).join("\n");
}

interface Columns {
  readonly widths: readonly number[];
  readonly isNumber: readonly boolean[];
}

function drawRow({ cells, style = "plain" }: Row, { widths, isNumber }: Columns, paint: Paint): string {
  const padded = cells.map((cell, column) => {
    const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
    return isNumber[column] === true ? `${gap}${cell}` : `${cell}${gap}`;
  });
  const line = padded.join(GAP).trimEnd();
  return style === "plain" ? line : paint(style, line);
}

/** How many of some columns fit beside each other, each with its heading and all of its cells. Pure. */
export function fitting(columns: readonly (readonly string[])[], widthMax: number): number {
  let left = widthMax + GAP.length;
  const over = columns.findIndex((cells) => {
    left -= GAP.length + Math.max(...cells.map(width));
    return left < 0;
  });
  return over < 0 ? columns.length : over;
}

/** The columns that a text takes on a terminal: East Asian letters are two wide. */
function width(text: string): number {
  let columns = 0;
  for (const letter of text) columns += WIDE.test(letter) ? 2 : 1;
  return columns;
}

const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60]/u;
