import { readStored, writeStored } from "./stored.ts";
import { LANGUAGES, preferredLanguage } from "./words.ts";
import type { Language } from "./words.ts";

const KEY = "language";
/** What `lang` says: simplified Chinese has its own glyphs. */
const TAGS: Readonly<Record<Language, string>> = { en: "en", zh: "zh-Hans" };

/** The language chosen at an earlier visit, else the first of the browser's languages that the pages speak. */
export function storedLanguage(): Language {
  const stored = readStored(KEY);
  return LANGUAGES.find((language) => language === stored) ?? preferredLanguage(navigator.languages);
}

/** Keeps the choice for later visits. */
export function storeLanguage(language: Language): void {
  writeStored(KEY, language);
}

/** Tells the browser in which language the page is: for fonts, hyphens and voices. */
export function applyLanguage(language: Language): void {
  document.documentElement.lang = TAGS[language];
}
