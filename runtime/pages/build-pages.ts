/** Bundles every page of the features into dist/pages, compressed and with a manifest. Run by the build, without arguments. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { bundlePages } from "./page-bundle.ts";
import type { BuiltFile, PageBundle } from "./page-bundle.ts";
import { MANIFEST_FILE } from "./page-manifest.ts";
import type { PageManifest } from "./page-manifest.ts";
import { findPages } from "./page-source.ts";

/** This file runs as dist/runtime/pages/build-pages.js. */
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FOLDER = join(ROOT, "dist/pages");
/** What a first visit to one page may cost on the wire, in bytes of brotli. */
const PAGE_BUDGET_BYTES = 40_000;

const bundle = await bundlePages(ROOT, findPages(ROOT));
rmSync(FOLDER, { recursive: true, force: true });
const brotliBytes = new Map(bundle.files.map((file) => [file.path, write(file)]));
const manifest: PageManifest = {
  files: bundle.files.map(({ content: _, ...file }) => file),
};
writeFileSync(join(FOLDER, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
process.exitCode = printBudget(bundle) ? 0 : 1;

/** Writes a file and its compressed twins; returns the bytes of the brotli one. */
function write({ file, content }: BuiltFile): number {
  const path = join(FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength },
  });
  writeFileSync(path, content);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${path}.br`, brotli);
  return brotli.byteLength;
}

/** Says what each page costs; false when one costs too much. */
function printBudget({ pages }: PageBundle): boolean {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  let within = true;
  for (const { path, loads } of pages) {
    const bytes = loads.reduce((sum, file) => sum + (brotliBytes.get(file) ?? 0), 0);
    within &&= bytes <= PAGE_BUDGET_BYTES;
    process.stdout.write(`page ${path}: ${kilobytes(bytes)} of ${kilobytes(PAGE_BUDGET_BYTES)} kB brotli\n`);
  }
  return within;
}
