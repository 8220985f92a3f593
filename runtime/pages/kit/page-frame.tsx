import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { KIT_WORDS } from "./kit-words.ts";
import { usePageSettings, useWords } from "./page-settings.ts";
import { THEMES } from "./theme.ts";
import type { Theme } from "./theme.ts";

const THEME_WORDS = { auto: "themeAuto", light: "themeLight", dark: "themeDark" } as const;

interface PageFrameProps {
  readonly title: string;
  /** What stands at the right of the head, before language and theme. */
  readonly head?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** What all pages have in common: the head with name, language and theme, and the main part below. */
export function PageFrame({ title, head, children }: PageFrameProps) {
  const t = useWords(KIT_WORDS);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        {t("skip")}
      </a>
      <header class="head">
        <h1 class="brand">
          <Mark />
          <span>{title}</span>
        </h1>
        <div class="head-rest">
          {head}
          <LanguageButton />
          <ThemeButton />
        </div>
      </header>
      <main id="main" class="main">
        {children}
      </main>
    </div>
  );
}

/** A banyan: one crown on many trunks. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-crown" d="M8 19.5a6 6 0 0 1-1.5-11.8 9.8 9.8 0 0 1 19 0A6 6 0 0 1 24 19.5Z" />
      <path class="mark-trunks" d="M16 18v10M9.5 19v9M22.5 19v9M5 28.5h22" />
    </svg>
  );
}

function LanguageButton() {
  const t = useWords(KIT_WORDS);
  const { language } = usePageSettings();
  const other = language.value === "en" ? "zh" : "en";
  return (
    <button
      type="button"
      class="button button-quiet button-language"
      lang={other}
      aria-label={t("switchLanguage")}
      title={t("switchLanguage")}
      onClick={() => (language.value = other)}
    >
      {t("otherLanguage")}
    </button>
  );
}

function ThemeButton() {
  const t = useWords(KIT_WORDS);
  const { theme } = usePageSettings();
  const next = () => (theme.value = themeAfter(theme.value));
  return <Button look="quiet" icon={theme.value} label={t(THEME_WORDS[theme.value])} onClick={next} />;
}

function themeAfter(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
}
