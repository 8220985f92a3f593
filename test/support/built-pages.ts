import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { MANIFEST_FILE } from "../../runtime/pages/page-manifest.ts";
import type { PageFile } from "../../runtime/pages/page-manifest.ts";
import { PageServer } from "../../runtime/pages/page-server.ts";

export const HTML = "<!doctype html><title>Banyan</title>";

const FILES: readonly PageFile[] = [
  { path: "/", file: "index.html", type: "text/html; charset=utf-8", hashed: false, readers: "clients" },
  { path: "/tree", file: "tree.html", type: "text/html; charset=utf-8", hashed: false, readers: "operators" },
  { path: "/assets/index-AB12.js", file: "index.js", type: "text/javascript; charset=utf-8", hashed: true },
];

/** A page server over a folder as the build leaves it: one page and its script. */
export function pageServer(): PageServer {
  const folder = mkdtempSync(join(tmpdir(), "banyan-pages-"));
  for (const { file } of FILES) {
    const content = file.endsWith(".html") ? HTML : "go()";
    writeFileSync(join(folder, file), content);
    writeFileSync(join(folder, `${file}.gz`), gzipSync(content));
    writeFileSync(join(folder, `${file}.br`), brotliCompressSync(content));
  }
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify({ files: FILES }));
  const server = PageServer.load(folder);
  rmSync(folder, { recursive: true });
  return server;
}
