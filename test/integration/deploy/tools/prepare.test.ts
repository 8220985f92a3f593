import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ScratchProject } from "../../../support/scratch-project.ts";

/** Says what the packages named export where it lies, and where one of them was found. */
const SAY_EXPORTS = `
  const names = {};
  for (const name of process.argv.slice(2)) names[name] = Object.keys(await import(name)).toSorted();
  console.log(JSON.stringify({ names, typebox: import.meta.resolve("typebox") }));
`;

/** What can be imported of the packages that were bundled. */
function bundled(folder: string): string[] {
  const manifests = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => basename(path) === "package.json")
    .map((path) => JSON.parse(readFileSync(join(folder, path), "utf8")) as { name: string; exports: object });
  return manifests.flatMap(({ name, exports }) => Object.keys(exports).map((part) => join(name, part)));
}

describe("prepare", () => {
  let project: ScratchProject;
  const prepare = () => project.node("deploy/tools/prepare.mjs");
  const isBuilt = (path: string) => existsSync(join(project.root, "dist", path));

  before(() => {
    project = new ScratchProject(["deploy/tools"]);
    project.write("runtime/sum.ts", "export const sum = (a: number, b: number): number => a + b;\n");
    project.write("test/unit/sum.test.ts", "export const checked = true;\n");
  });
  after(() => project.dispose());

  it("builds a clone that has never been built", () => {
    const { status, stdout, stderr } = prepare();
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "", "standard output belongs to the command that follows");
    assert.ok(isBuilt("runtime/sum.js"));
  });

  it("puts packages of many small files beside the code as a few, with all that they export", () => {
    const specifiers = bundled(join(project.root, "dist/node_modules"));
    assert.ok(["fastify", "typebox", "typebox/compile"].every((name) => specifiers.includes(name)));
    const [few, many] = ["dist/exports.mjs", "exports.mjs"].map((path) => {
      project.write(path, SAY_EXPORTS);
      const { stdout, stderr } = project.node(path, ...specifiers);
      assert.equal(stderr, "");
      return JSON.parse(stdout) as { names: object; typebox: string };
    });
    assert.deepEqual(few?.names, many?.names);
    assert.match(few?.typebox ?? "", /\/dist\/node_modules\/typebox\/index\.js$/);
    assert.doesNotMatch(many?.typebox ?? "", /\/dist\//);
  });

  it("does nothing when nothing has changed", () => {
    assert.deepEqual(prepare(), { status: 0, stdout: "", stderr: "" });
  });

  it("forgets the test whose source was deleted", () => {
    project.remove("test/unit/sum.test.ts");
    assert.equal(prepare().status, 0);
    assert.ok(!isBuilt("test/unit/sum.test.js"));
    assert.ok(isBuilt("runtime/sum.js"));
  });

  it("refuses sources that do not compile, again and again until they do", () => {
    project.write("runtime/wrong.ts", 'export const wrong: number = "text";\n');
    for (const attempt of [prepare(), prepare()]) {
      assert.equal(attempt.status, 1);
      assert.match(attempt.stderr, /runtime\/wrong\.ts.*error TS2322[^]*The sources do not compile\./);
    }
    project.remove("runtime/wrong.ts");
    assert.equal(prepare().status, 0);
  });
});

describe("verify", () => {
  let project: ScratchProject;
  const counts = (...suite: string[]) =>
    project
      .node("deploy/tools/verify.mjs", ...suite)
      .stdout.trimEnd()
      .split("\n")
      .at(-1);

  before(() => {
    // The packages that are bundled already are not bundled once more.
    project = new ScratchProject(["deploy/tools", "dist/node_modules", "test/support/run-unit.ts"]);
    const test = (name: string, body: string) =>
      `import { test } from "node:test";\n\ntest("${name}", (t) => {\n  ${body}\n});\n`;
    project.write("test/unit/good.test.ts", test("is good", "t.diagnostic(t.name);"));
    project.write("test/unit/bad.test.ts", test("is bad", "throw new Error(t.name);"));
    project.write("test/contract/skipped.test.ts", test("is skipped", "t.skip();"));
    project.write("test/integration/good.test.ts", test("is good", "t.diagnostic(t.name);"));
    project.write("test/integration/crash.test.ts", "process.exit(3);\n");
  });
  after(() => project.dispose());

  it("ends with the number of tests that passed and failed", () => {
    assert.equal(counts("unit"), "1 passed, 1 failed");
    assert.equal(counts("unit", "good"), "1 passed, 0 failed");
  });

  it("counts a skipped test, a crash and a suite without files as failures", () => {
    assert.equal(counts("contract"), "0 passed, 1 failed");
    assert.equal(counts("integration"), "1 passed, 1 failed");
    assert.equal(counts("browser"), "0 passed, 1 failed");
  });

  it("stops the gate at the first step that fails", () => {
    project.write("runtime/ugly.ts", "export   const ugly = 1\n");
    assert.equal(counts(), "0 passed, 1 failed");
  });
});
