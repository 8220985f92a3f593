/** Puts packages that come as many small files beside the built code as a few: a process that loads them starts sooner. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digest, readText, Refusal, ROOT } from "./project.mjs";

/** Those that a node loads and that have more than a few files. */
const PACKAGES = [
  "@fastify/swagger",
  "commander",
  "fastify",
  "ioredis",
  "nodemailer",
  "pino",
  "pino-pretty",
  "prom-client",
  "typebox",
  "yaml",
];
/** What is imported in parts, and not by its name alone. */
const IN_PARTS = ["typebox"];
/** Built code finds its packages here first; where nothing is, it loads what npm has installed. */
const FOLDER = "dist/node_modules";
const ENTRIES = `${FOLDER}/.entries`;
const STAMP = `${FOLDER}/.stamp`;
const ESBUILD = "node_modules/.bin/esbuild";
const SCRIPT = "deploy/tools/bundle-packages.mjs";
/** CommonJS has a name for what loads Node's own modules, and one for where it lies; a module has neither. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
const OPTIONS = [
  "--bundle",
  "--splitting",
  "--format=esm",
  "--platform=node",
  "--log-level=warning",
  "--chunk-names=.chunks/[hash]",
  "--define:__dirname=import.meta.dirname",
  `--banner:js=${REQUIRE}`,
];

/** Bundles all in one run, so that nothing is there twice, unless exactly that was done with these versions; Node is one, because it finds what a package exports. */
export async function bundlePackages() {
  const parts = [process.version, readText(SCRIPT), readText("package-lock.json")];
  const stamp = digest(parts.join("\n"));
  if (readText(STAMP) === stamp) return;
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  const bundles = PACKAGES.flatMap((name) => partsOf(name).map((part) => ({ name, part })));
  await Promise.all(bundles.map(writeEntry));
  const entries = bundles.map((bundle) => `${fileOf(bundle)}=${join(ROOT, ENTRIES, fileOf(bundle))}.mjs`);
  const words = [...entries, ...OPTIONS, `--outdir=${FOLDER}`];
  const { status } = spawnSync(join(ROOT, ESBUILD), words, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Refusal("The packages cannot be bundled.");
  for (const name of PACKAGES) writeManifest(name);
  // Last, because it says that the bundles are complete.
  write(STAMP, stamp);
}

/** Exports by name what Node finds in the package: of CommonJS a bundle alone would export nothing but the whole. */
async function writeEntry(bundle) {
  const specifier = join(bundle.name, bundle.part);
  const names = Object.keys(await import(specifier));
  write(`${ENTRIES}/${fileOf(bundle)}.mjs`, `export { ${names.join(", ")} } from "${specifier}";\n`);
}

function writeManifest(name) {
  const exports = partsOf(name).map((part) => [part, `./${fileOf({ name: ".", part })}.js`]);
  const { version } = manifestOf(name);
  const manifest = { name, version, type: "module", exports: Object.fromEntries(exports) };
  write(`${FOLDER}/${name}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

function partsOf(name) {
  return IN_PARTS.includes(name) ? Object.keys(manifestOf(name).exports) : ["."];
}

function manifestOf(name) {
  return JSON.parse(readText(`node_modules/${name}/package.json`));
}

function fileOf({ name, part }) {
  return join(name, part === "." ? "index" : part);
}

function write(path, text) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
