import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { LAYERS, PACKAGE_HOMES, TOP_LEVEL } from "../support/house.ts";
import { ACTORS_DEPTH_MAX, importRules, type ImportRule } from "../support/import-rules.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FILE_LINES_MAX = 350;
const SOURCE = /\.(ts|tsx|mjs)$/;
const IMPORT = /^(?!\s*(?:\/?\*|\/\/)).*?\b(?:from|import)\s*\(?\s*["']([\w@./:-]+)["']/gm;
const MODULE_STATE =
  /^(?:export )?(?:(?:let|var) .*|const \w+(?:: (?!Readonly).*)? = new (?:Map|Set)(?:<.*>)?\(\);)/m;

/** Holds the text of files that are written elsewhere, and judged there. */
const TEMPLATE = "deploy/tools/actor-template.mjs";

const sources = Object.keys(LAYERS)
  .flatMap((layer) => filesBelow(layer).filter((file) => SOURCE.test(file) && file !== TEMPLATE))
  .map((file) => ({ file, text: read(file) }));
const shipped = sources.filter(({ file }) => !file.startsWith("test/"));
const imports = sources.flatMap(({ file, text }) =>
  [...text.matchAll(IMPORT)].map(([, target = ""]) => ({ file, target })),
);

describe("the house is tidy", () => {
  it("has imports to judge", () => {
    assert.ok(imports.length > 0, "no import was seen, so nothing below means anything");
    for (const layer of Object.keys(LAYERS)) {
      assert.ok(
        imports.some(({ file }) => file.startsWith(`${layer}/`)),
        `no import was seen in ${layer}/`,
      );
    }
  });

  it("has nothing at its root but what is listed", () => {
    const ignored = ["dist", "node_modules"];
    const seen = readdirSync(ROOT).filter((name) => !name.startsWith(".") && !ignored.includes(name));
    assert.deepEqual(seen.toSorted(), TOP_LEVEL.toSorted());
  });

  it("imports downward only, and never another feature", () => {
    assert.deepEqual(
      offenders(({ file, target }) => target.startsWith(".") && !mayImport(file, resolve(file, target))),
      [],
    );
  });

  it("imports each package in its home only", () => {
    assert.deepEqual(
      offenders(({ file, target }) => isPackage(target) && !isHome(file, packageName(target))),
      [],
    );
  });

  it("has one row of homes for each dependency", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, object>;
    const declared = Object.keys({ ...dependencies, ...devDependencies });
    assert.deepEqual(Object.keys(PACKAGE_HOMES).toSorted(), declared.toSorted());
  });

  it("tells the linter the same import rules (npm run house writes them)", () => {
    const { overrides } = JSON.parse(read(".oxlintrc.json")) as { overrides: Partial<ImportRule>[] };
    assert.deepEqual(
      overrides.filter(({ rules }) => rules?.["no-restricted-imports"]),
      importRules(),
    );
    const tooDeep = filesBelow("actors").filter((file) => file.split("/").length - 2 > ACTORS_DEPTH_MAX);
    assert.deepEqual(tooDeep, []);
  });

  it("has no barrel, no note to self, no state in a module, no endless file", () => {
    assert.deepEqual(names(sources.filter(({ file }) => /(^|\/)index\.\w+$/.test(file))), []);
    assert.deepEqual(names(sources.filter(({ text }) => /\b(?:TO(?:DO)|FIX(?:ME))\b/.test(text))), []);
    assert.deepEqual(names(shipped.filter(({ text }) => MODULE_STATE.test(text))), []);
    assert.deepEqual(
      names(shipped.filter(({ text }) => text.trimEnd().split("\n").length > FILE_LINES_MAX)),
      [],
    );
  });

  it("puts tests into an order only that there are", () => {
    const order = read("deploy/tools/suite-order.mjs").matchAll(/^ {2}"([\w/-]+)",$/gm);
    const ordered = [...order].map(([, name]) => `/${name}.test.ts`);
    assert.ok(ordered.length > 0, "no name was seen");
    const tests = filesBelow("test");
    assert.deepEqual(
      ordered.filter((name) => !tests.some((file) => file.endsWith(name))),
      [],
    );
  });

  it("has a lock file for every platform that names no registry (npm run lock completes it)", () => {
    const lock = read("package-lock.json");
    assert.doesNotMatch(lock, /"resolved": "http/);
    const { packages } = JSON.parse(lock) as { packages: Record<string, { optionalDependencies?: object }> };
    const optional = Object.values(packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    assert.deepEqual(
      optional.filter((name) => !packages[`node_modules/${name}`]),
      [],
    );
  });
});

function offenders(isWrong: (found: { file: string; target: string }) => boolean): string[] {
  return imports.filter(isWrong).map(({ file, target }) => `${file} imports ${target}`);
}

function mayImport(file: string, target: string): boolean {
  const [layer = "", feature] = file.split("/");
  const [targetLayer = "", targetFeature] = target.split("/");
  if (layer !== targetLayer) return LAYERS[layer]?.includes(targetLayer) ?? false;
  return layer !== "actors" || feature === targetFeature;
}

function isPackage(target: string): boolean {
  return !target.startsWith(".") && !target.startsWith("node:");
}

function isHome(file: string, name: string): boolean {
  if (file.startsWith("test/")) return true;
  return (PACKAGE_HOMES[name] ?? []).some((home) =>
    new RegExp(`^${home.replaceAll("*", "[^/]+")}`).test(file),
  );
}

function packageName(target: string): string {
  return target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
}

function resolve(file: string, target: string): string {
  return normalize(join(dirname(file), target));
}

function names(found: readonly { file: string }[]): string[] {
  return found.map(({ file }) => file);
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
