// Pure: the texts of a page in every language it speaks. A text that is missing in one of them does not compile.

/** The languages of the pages. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first of some language tags that the pages speak; English when they speak none. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = LANGUAGES.find((candidate) => tag.toLowerCase().split("-", 1)[0] === candidate);
    if (language !== undefined) return language;
  }
  return "en";
}

/** Texts by key; one that depends on values is a function of them. */
export type Words = Readonly<Record<string, string | ((...values: never[]) => string)>>;

/** The same texts in another language: the same keys, and functions of the same values. */
export type Translation<W extends Words> = {
  readonly [Key in keyof W]: W[Key] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string;
};

/** One table of texts in every language. */
export type Dictionary<W extends Words> = Readonly<Record<Language, Translation<W>>>;

/** Looks a text up by its key, and fills its values in. */
export type Translate<W extends Words> = <Key extends keyof W>(
  key: Key,
  ...values: ValuesOf<W[Key]>
) => string;

type ValuesOf<Text> = Text extends (...values: infer Values) => string ? Values : [];

/** Declares the texts of a page or of a part: English decides what there is to say. */
export function dictionary<const W extends Words>(en: W, zh: Translation<W>): Dictionary<W> {
  return { en: en as unknown as Translation<W>, zh };
}

/** How to look texts up in one language. */
export function translator<W extends Words>(words: Dictionary<W>, language: Language): Translate<W> {
  const texts: Words = words[language];
  return (key, ...values) => {
    const text = texts[key as string];
    // The type of `Translate` holds the values against the text's own parameters.
    return typeof text === "function" ? text(...(values as never[])) : (text ?? "");
  };
}
