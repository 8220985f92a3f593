import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { PageReaders } from "./page-manifest.ts";

/** A page as it lies in the sources. */
export interface PageSource {
  /** `index` is the page at `/`, every other name the page at `/<name>`. */
  readonly name: string;
  /** Where it is asked for. */
  readonly path: string;
  readonly readers: PageReaders;
  /** The file that the bundle begins with, below the project's root. */
  readonly entry: string;
}

const PAGE_ENDING = ".page.tsx";
const OPERATORS_ENDING = ".operators";

/**
 * Every page of every feature: `actors/<feature>/page/<name>.page.tsx`, and `<name>.operators.page.tsx` where it is for operators.
 * @throws Error when two features claim the same path
 */
export function findPages(root: string): readonly PageSource[] {
  const folders = readdirSync(join(root, "actors"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const entries = folders.flatMap(({ name }) => pageFiles(root, `actors/${name}/page`));
  const pages = entries.map(pageSource).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const [index, page] of pages.entries()) {
    const twin = pages[index + 1];
    if (page.path !== twin?.path) continue;
    throw new Error(`${page.entry} and ${twin.entry} are both the page at ${page.path}`);
  }
  return pages;
}

function pageFiles(root: string, folder: string): readonly string[] {
  try {
    const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(PAGE_ENDING));
    return files.map((file) => `${folder}/${file}`);
  } catch (error) {
    // Most features have no page.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function pageSource(entry: string): PageSource {
  const stem = entry.slice(entry.lastIndexOf("/") + 1, -PAGE_ENDING.length);
  const readers = stem.endsWith(OPERATORS_ENDING) ? "operators" : "clients";
  const name = readers === "operators" ? stem.slice(0, -OPERATORS_ENDING.length) : stem;
  return { name, path: name === "index" ? "/" : `/${name}`, readers, entry };
}
