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

/** Draws again every second, until Ctrl-C. */
export async function redrawn(draw: () => Promise<string>): Promise<never> {
  const lead = process.stdout.isTTY ? CLEAR_SCREEN : "\n";
  for (;;) {
    console.log(`${lead}${await draw()}\n\n${new Date().toLocaleTimeString()}, every second until Ctrl-C`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
