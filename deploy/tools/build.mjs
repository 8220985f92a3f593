/** Builds dist/ when it is missing or differs from the sources: TypeScript first, then packages and pages. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlePackages } from "./bundle-packages.mjs";
import { changedAtMs, digest, filesBelow, readText, Refusal, ROOT, say, SOURCE_FOLDERS } from "./project.mjs";

const STAMP = "dist/.build-stamp";
const BUILD_FILES = ["package-lock.json", "tsconfig.json"];
const PAGES_BUILD = "dist/runtime/pages/build-pages.js";
const TSC = "node_modules/typescript/bin/tsc";
const EMITTED_ENDINGS = [".js", ".js.map", ".d.ts"];

/** Builds unless the last complete build had exactly these sources. */
export async function build({ always = false } = {}) {
  // Taken before the build, so that an edit made during it is built next time.
  const sources = fingerprint();
  if (!always && readText(STAMP) === sources) return;
  say("building …");
  rmSync(join(ROOT, STAMP), { force: true });
  run([TSC, "-p", "."], "The sources do not compile.");
  removeStale();
  await bundlePackages();
  if (existsSync(join(ROOT, PAGES_BUILD))) run([PAGES_BUILD], "The pages do not build.");
  writeFileSync(join(ROOT, STAMP), sources);
}

/** Checks the types of the code that runs in browsers; it is bundled, so tsc emits nothing for it. */
export function checkPageTypes() {
  run([TSC, "-p", "runtime/pages"], "The pages do not compile.");
}

function run(nodeArguments, refusal) {
  const child = spawnSync(process.execPath, nodeArguments, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (child.status !== 0) throw new Refusal(refusal);
}

/** Names, sizes and times of everything that is built, so a deleted file or an older checkout is noticed too. */
function fingerprint() {
  const files = [...BUILD_FILES, ...SOURCE_FOLDERS.flatMap(filesBelow)];
  const built = files.filter((file) => !file.endsWith(".md") && !file.startsWith("test/bench/results/"));
  return digest(built.map((file) => `${file} ${changedAtMs(file)}`).join("\n"));
}

/** Removes what was compiled from a source that is gone: a deleted test must not run on. */
function removeStale() {
  for (const declaration of SOURCE_FOLDERS.flatMap((folder) => filesBelow(`dist/${folder}`))) {
    if (!declaration.endsWith(".d.ts")) continue;
    const stem = declaration.slice("dist/".length, -".d.ts".length);
    if (existsSync(join(ROOT, `${stem}.ts`)) || existsSync(join(ROOT, `${stem}.tsx`))) continue;
    for (const ending of EMITTED_ENDINGS) rmSync(join(ROOT, `dist/${stem}${ending}`), { force: true });
  }
}
