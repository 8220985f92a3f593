/** The parts that a page's HTML refers to, as URLs. */
export interface PageParts {
  readonly name: string;
  readonly icon: string;
  /** Runs before anything is painted: theme and language. */
  readonly firstPaint: string;
  readonly script: string;
  /** What the script imports, so that the browser asks for it at once. */
  readonly imports: readonly string[];
  readonly styles: readonly string[];
}

/** The HTML of a page: nothing inline, and no text but what is there for browsers without JavaScript. */
export function pageHtml(parts: PageParts): string {
  const title = parts.name === "index" ? "Banyan" : `Banyan · ${parts.name}`;
  const lines = [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title}</title>`,
    `<link rel="icon" href="${parts.icon}" type="image/svg+xml">`,
    ...parts.styles.map((url) => `<link rel="stylesheet" href="${url}">`),
    `<script src="${parts.firstPaint}"></script>`,
    ...parts.imports.map((url) => `<link rel="modulepreload" href="${url}">`),
    `<script type="module" src="${parts.script}"></script>`,
    "</head>",
    "<body>",
    '<div id="page"></div>',
    "<noscript>This page needs JavaScript. 此页面需要 JavaScript。</noscript>",
    "</body>",
    "</html>",
  ];
  return `${lines.join("\n")}\n`;
}
