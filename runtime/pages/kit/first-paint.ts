/** Runs before a page is painted, so that nobody sees the wrong theme flash by. */
import { applyLanguage, storedLanguage } from "./language.ts";
import { applyTheme, storedTheme } from "./theme.ts";

applyTheme(storedTheme());
applyLanguage(storedLanguage());
