/**
 * Puts packages that come as hundreds of small files beside the built code as a few: a process that loads them is up
 * in two thirds of the time.
 */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText, Refusal, ROOT } from "./project.mjs";

const PACKAGES = ["typebox"];
/** Built code finds its packages here first; where nothing is, it loads what npm has installed. */
const FOLDER = "dist/node_modules";
const ESBUILD = "node_modules/.bin/esbuild";
const OPTIONS = ["--bundle", "--splitting", "--format=esm", "--platform=node", "--log-level=warning"];

/** Bundles those whose version is not there yet. */
export function bundlePackages() {
  for (const name of PACKAGES) {
    const { version, exports } = manifestOf(`node_modules/${name}`);
    if (manifestOf(`${FOLDER}/${name}`).version !== version) bundle(name, version, Object.keys(exports));
  }
}

/** All that a package exports goes into one bundle, so that no part of it is loaded twice. */
function bundle(name, version, parts) {
  const folder = `${FOLDER}/${name}`;
  rmSync(join(ROOT, folder), { recursive: true, force: true });
  const entries = parts.map((part) => `${fileOf(part)}=${join(name, part)}`);
  const words = [...entries, ...OPTIONS, `--outdir=${folder}`];
  const { status } = spawnSync(join(ROOT, ESBUILD), words, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Refusal(`The package ${name} cannot be bundled.`);
  const exports = Object.fromEntries(parts.map((part) => [part, `./${fileOf(part)}.js`]));
  // Last, because it says that the bundle is complete.
  const manifest = { name, version, type: "module", exports };
  writeFileSync(join(ROOT, folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function fileOf(part) {
  return part === "." ? "index" : part.slice("./".length);
}

function manifestOf(folder) {
  return JSON.parse(readText(`${folder}/package.json`) ?? "{}");
}
