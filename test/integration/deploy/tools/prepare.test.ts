import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ScratchProject } from "../../../support/scratch-project.ts";

/** Compares what built code finds with what npm has installed. */
const SAME_EXPORTS = `
  import { readFileSync } from "node:fs";
  const installed = new URL("../node_modules/typebox/", import.meta.url);
  const { exports } = JSON.parse(readFileSync(new URL("package.json", installed), "utf8"));
  let same = 0;
  for (const [part, { default: file }] of Object.entries(exports)) {
    const [few, many] = [await import("typebox" + part.slice(1)), await import(new URL(file, installed))];
    const missing = Object.keys(many).filter((name) => !(name in few));
    if (few === many || missing.length > 0) throw new Error(part + " lacks " + missing);
    same += Object.keys(few).length;
  }
  console.log(import.meta.resolve("typebox") + " is typebox, " + same + " parts the same");
`;

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
    project.write("dist/same.mjs", SAME_EXPORTS);
    const { status, stdout, stderr } = project.node("dist/same.mjs");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /\/dist\/node_modules\/typebox\/index\.js is typebox, \d\d+ parts the same\n$/);
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
    project = new ScratchProject(["deploy/tools", "test/support/run-unit.ts"]);
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
