import { readStored, writeStored } from "./stored.ts";

/** Every theme, in the order in which the button offers them. `auto` is what the system wants. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "theme";
const DARK_QUERY = "(prefers-color-scheme: dark)";

/** The theme chosen at an earlier visit; `auto` at the first. */
export function storedTheme(): Theme {
  const stored = readStored(KEY);
  return THEMES.find((theme) => theme === stored) ?? "auto";
}

/** Keeps the choice for later visits. */
export function storeTheme(theme: Theme): void {
  writeStored(KEY, theme);
}

/** Paints the page in a theme: the style sheets know only light and dark. */
export function applyTheme(theme: Theme): void {
  const wanted = matchMedia(DARK_QUERY).matches ? "dark" : "light";
  document.documentElement.dataset["theme"] = theme === "auto" ? wanted : theme;
}

/** Calls when the system changes between light and dark. */
export function onSystemTheme(changed: () => void): void {
  matchMedia(DARK_QUERY).addEventListener("change", changed);
}
