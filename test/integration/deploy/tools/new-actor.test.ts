import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ScratchProject } from "../../../support/scratch-project.ts";

const FILES = [
  "protocols/straw-poll.ts",
  "protocols/registry.ts",
  "actors/rooms/straw-poll.ts",
  "deploy/roles.ts",
  "test/unit/actors/rooms/straw-poll.test.ts",
];

describe("npm run new-actor", () => {
  let project: ScratchProject;
  const newActor = (...names: string[]) => project.node("deploy/tools/new-actor.mjs", ...names);
  const read = (path: string) => readFileSync(join(project.root, path), "utf8");
  const runs = (...nodeArguments: string[]) => {
    const { status, stdout, stderr } = project.node(...nodeArguments);
    assert.equal(status, 0, stdout + stderr);
  };

  before(() => {
    // The packages that are bundled already are not bundled once more.
    project = new ScratchProject(["actors", "deploy", "dist/node_modules", "protocols", "runtime", "test"]);
  });
  after(() => project.dispose());

  it("writes a protocol, an actor, a test and a line in each list", () => {
    const { status, stderr } = newActor("rooms/straw-poll");
    assert.equal(status, 0, stderr);
    for (const path of FILES) assert.ok(stderr.includes(path), `${path} is not named`);
    assert.match(
      read("protocols/registry.ts"),
      /^import \{ StrawPollProtocol \} from "\.\/straw-poll\.ts";$/m,
    );
    assert.match(read("protocols/registry.ts"), /\bStrawPollProtocol,?\s*\];/);
    assert.match(
      read("deploy/roles.ts"),
      /^import \{ strawPollFeature \} from "\.\.\/actors\/rooms\/straw-poll\.ts";$/m,
    );
    assert.match(read("deploy/roles.ts"), /\bstrawPollFeature,?\s*\];/);
  });

  it("begins with code that is formatted, lints, compiles and passes", () => {
    runs("node_modules/oxfmt/bin/oxfmt", "--check", ...FILES);
    runs("node_modules/oxlint/bin/oxlint", ...FILES);
    runs("deploy/tools/prepare.mjs");
    runs("deploy/tools/verify.mjs", "unit", "straw-poll", "registry");
    runs("dist/test/support/write-golden.js");
    assert.match(read("test/unit/protocols/golden/messages.json"), /"strawPoll 1 add"/);
  });

  it("refuses a second one and a name that says too little, and writes nothing", () => {
    const lists = [read("protocols/registry.ts"), read("deploy/roles.ts")];
    assert.match(newActor("ops/straw-poll").stderr, /protocols\/straw-poll\.ts exists already\./);
    for (const names of [[], ["poll"], ["rooms/Poll"], ["rooms/../poll"]]) {
      const { status, stderr } = newActor(...names);
      assert.equal(status, 1);
      assert.match(stderr, /Name the feature and the actor/);
    }
    assert.deepEqual([read("protocols/registry.ts"), read("deploy/roles.ts")], lists);
  });
});
