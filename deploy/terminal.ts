import { styleText } from "node:util";
import type { Paint } from "./drawings/columns.ts";

const EVERY_MS = 1_000;
/** Leaves what was scrolled away, clears the screen and goes to its top. */
const CLEAR_SCREEN = "\u001b[2J\u001b[H";

/** Colours for whoever looks at a terminal; plain text for everybody else. */
export const terminalPaint: Paint = (style, text) => {
  if (!process.stdout.isTTY || process.env["NO_COLOR"] !== undefined) return text;
  const format = { dim: "dim", warn: "yellow", alarm: "red" } as const;
  return styleText(format[style], text);
};

/** How many letters fit beside each other; without end where it is no terminal that is written to, or one that does not know its width and says 0. */
export function terminalWidth(
  { isTTY, columns }: Pick<typeof process.stdout, "isTTY" | "columns"> = process.stdout,
): number {
  return isTTY && columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

/** Draws again every second, until Ctrl-C. */
export async function redrawn(draw: () => Promise<string>): Promise<never> {
  const lead = process.stdout.isTTY ? CLEAR_SCREEN : "\n";
  for (;;) {
    console.log(`${lead}${await draw()}\n\n${new Date().toLocaleTimeString()}, every second until Ctrl-C`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
