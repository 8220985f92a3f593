import { basename } from "node:path";
import { build } from "esbuild";
import type { BuildOptions, Metafile, OutputFile } from "esbuild";
import { pageHtml } from "./page-html.ts";
import { ASSETS_PATH } from "./page-manifest.ts";
import type { PageFile } from "./page-manifest.ts";
import type { PageSource } from "./page-source.ts";

/** A file to be written, and how it is served. */
export interface BuiltFile extends PageFile {
  readonly content: Uint8Array;
}

/** One page, and which files a first visit loads. */
export interface BuiltPage {
  readonly path: string;
  readonly loads: readonly string[];
}

/** Everything that `bundlePages` made. */
export interface PageBundle {
  readonly files: readonly BuiltFile[];
  readonly pages: readonly BuiltPage[];
}

const FIRST_PAINT = "runtime/pages/kit/first-paint.ts";
const ICON = "runtime/pages/kit/icon.svg";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Browsers of the last years; Safari 16 is the first that lets a page with this policy open a WebSocket. */
const OPTIONS = {
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  outdir: "assets",
  target: ["chrome110", "firefox110", "safari16"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "copy" },
  charset: "utf8",
  tsconfig: "runtime/pages/tsconfig.json",
  legalComments: "none",
} as const satisfies BuildOptions;

/** Bundles the pages with what they share. @param root the project's folder */
export async function bundlePages(root: string, pages: readonly PageSource[]): Promise<PageBundle> {
  const entryPoints = pages.map(({ entry }) => entry);
  const options = { ...OPTIONS, absWorkingDir: root };
  const modules = await build({ ...options, entryPoints, format: "esm", splitting: true });
  // Runs before the page is painted, so it must be a classic script of its own.
  const early = await build({ ...options, entryPoints: [FIRST_PAINT, ICON], format: "iife" });
  const outputs = { ...modules.metafile.outputs, ...early.metafile.outputs };
  const built = pages.map((page) => htmlOf(page, outputs));
  const assets = [...modules.outputFiles, ...early.outputFiles].map(assetFile);
  return {
    files: [...built.map(({ file }) => file), ...assets],
    pages: built.map(({ file, loads }) => ({ path: file.path, loads: [file.path, ...loads] })),
  };
}

type Outputs = Metafile["outputs"];

function htmlOf(page: PageSource, outputs: Outputs): { file: BuiltFile; loads: readonly string[] } {
  const script = outputOf(outputs, page.entry);
  const { cssBundle, imports = [] } = outputs[script] ?? {};
  const chunks = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => assetPath(path));
  const parts = {
    name: page.name,
    icon: assetPath(outputOf(outputs, ICON)),
    firstPaint: assetPath(outputOf(outputs, FIRST_PAINT)),
    script: assetPath(script),
    imports: chunks,
    styles: cssBundle === undefined ? [] : [assetPath(cssBundle)],
  };
  const content = new TextEncoder().encode(pageHtml(parts));
  const file = {
    path: page.path,
    file: `${page.name}.html`,
    type: "text/html; charset=utf-8",
    hashed: false,
    readers: page.readers,
    content,
  };
  return { file, loads: [parts.firstPaint, parts.icon, parts.script, ...chunks, ...parts.styles] };
}

/** The file that an entry became. */
function outputOf(outputs: Outputs, entry: string): string {
  const found = Object.entries(outputs).find(
    ([, output]) => output.entryPoint === entry || isCopyOf(output, entry),
  );
  if (found === undefined) throw new Error(`the bundle has nothing of ${entry}`);
  return found[0];
}

/** A copied file has its source as its only input, and is no entry point. */
function isCopyOf(output: Outputs[string], entry: string): boolean {
  const inputs = Object.keys(output.inputs);
  return inputs.length === 1 && inputs[0] === entry && entry.endsWith(".svg");
}

function assetFile({ path, contents }: OutputFile): BuiltFile {
  const name = basename(path);
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (type === undefined) throw new Error(`no content type is known for ${name}`);
  return { path: assetPath(path), file: `assets/${name}`, type, hashed: true, content: contents };
}

function assetPath(path: string): string {
  return ASSETS_PATH + basename(path);
}
