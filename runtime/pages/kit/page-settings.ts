import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { applyLanguage, storedLanguage, storeLanguage } from "./language.ts";
import { applyTheme, onSystemTheme, storedTheme, storeTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";
import { translator } from "./words.ts";
import type { Dictionary, Language, Translate, Words } from "./words.ts";

/** What a visitor chose for all pages; a change is stored and shown at once. */
export interface PageSettings {
  readonly theme: Signal<Theme>;
  readonly language: Signal<Language>;
  /** The time, once a minute: for what says how long ago something was. */
  readonly minute: Signal<number>;
}

const MINUTE_MS = 60_000;

/** The settings of this window, as earlier visits left them. */
export function openPageSettings(): PageSettings {
  const theme = signal(storedTheme());
  const language = signal(storedLanguage());
  const minute = signal(Date.now());
  effect(() => applyTheme(theme.value));
  effect(() => storeWhenChanged(theme.value, storedTheme, storeTheme));
  effect(() => applyLanguage(language.value));
  effect(() => storeWhenChanged(language.value, storedLanguage, storeLanguage));
  onSystemTheme(() => applyTheme(theme.value));
  setInterval(() => (minute.value = Date.now()), MINUTE_MS);
  return { theme, language, minute };
}

/** What was never chosen stays the browser's to decide at the next visit. */
function storeWhenChanged<Value>(value: Value, stored: () => Value, store: (value: Value) => void): void {
  if (value !== stored()) store(value);
}

/** Hands the settings to every part of a page. */
export const PageSettingsContext = createContext<PageSettings | undefined>(undefined);

/** The settings of the page that a part stands in. */
export function usePageSettings(): PageSettings {
  const settings = useContext(PageSettingsContext);
  if (settings === undefined) throw new Error("this part stands in no page: use mountPage");
  return settings;
}

/** Looks texts up in the language of the page; the part is drawn again when that changes. */
export function useWords<W extends Words>(words: Dictionary<W>): Translate<W> {
  return translator(words, usePageSettings().language.value);
}
