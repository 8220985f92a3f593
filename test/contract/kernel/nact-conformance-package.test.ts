/** What protects the kernel from the package itself: its exact version, the shapes it is built on, and what stays unused. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Actor } from "nact/lib/actor.js";
import type { NactParent, NactSystem } from "nact/lib/actor.js";
import { start } from "nact/lib/system.js";
import type { NactRoot } from "nact/lib/system.js";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { Cell } from "../../../runtime/kernel/cell.ts";
import type { LogFields } from "../../../runtime/telemetry/logger.ts";
import { LogRecord } from "../../support/log-record.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const VERSION = "7.6.2";
const LAYERS = ["protocols", "runtime", "actors", "deploy"];
const require = createRequire(import.meta.url);

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const sources = LAYERS.flatMap((layer) =>
  readdirSync(join(ROOT, layer), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .map((file) => join(layer, file)),
);

test("row 28: nact is a dead branch without an exports map; it is pinned, and the deep imports have the shapes that we declare", () => {
  const declared = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const installed = JSON.parse(read("node_modules/nact/package.json")) as {
    version: string;
    exports?: unknown;
  };
  const locked = JSON.parse(read("package-lock.json")) as { packages: Record<string, { version?: string }> };
  assert.equal(declared.dependencies["nact"], VERSION);
  assert.equal(installed.version, VERSION);
  assert.equal(locked.packages["node_modules/nact"]?.version, VERSION);
  assert.equal(installed.exports, undefined);

  const root = nactRoot("shapes");
  assert.equal(typeof root.stop, "function");
  assert.equal(root.path.createChildPath("child").parts.join("/"), "child");
  const actor = new Recorder(root, "child", { name: "system", createLogger: () => undefined });
  assert.deepEqual(
    actor.calls,
    ["initializeState"],
    "nact builds the state in the constructor, after it told the parent",
  );
  assert.equal(root.children.get("child"), actor);
  assert.deepEqual([...actor.path.parts], ["child"]);
  assert.equal(actor.parent, root);
  assert.deepEqual(
    [actor.name, actor.stopped, actor.busy, actor.children.size, actor.childReferences?.size],
    ["child", false, false, 0, 0],
  );
  for (const field of ["system", "reference", "log", "f", "mailbox", "onCrash", "afterStop"]) {
    assert.ok(field in actor, `an actor has ${field}`);
  }
  for (const method of METHODS) assert.equal(typeof Actor.prototype[method], "function", method);
  assert.throws(() => new Recorder(root, "child", actor.system), /already exists/);
  assert.throws(() => new Recorder(root, "a/b", actor.system), /Invalid argument/);
  root.childStopped(actor);
  assert.equal(root.children.size, 0);
  root.stop();
});

test("row 28: what an actor of the kernel takes from nact is there: its parent, path, name and place among the children", async () => {
  const system = new ActorSystem({ name: "test" });
  system.spawn(defineActor({ protocol: NOTHING, initialState: () => undefined, handlers: {} }), "child");
  const cell = system.root.children.get("child");
  assert.ok(cell instanceof Cell && cell instanceof Actor);
  assert.equal(cell.parent, system.root);
  assert.deepEqual([cell.name, cell.path.parts], ["child", ["root", "child"]]);
  assert.equal(cell.childReferences, undefined, "none of nact's own references is kept");
  await system.stop();
  assert.equal(cell.stopped, true);
});

test("row 23: nact's logging cannot be configured and leaves the log undefined; the kernel's context always has one, and nact's index is never loaded", async () => {
  const log = new LogRecord();
  const system = new ActorSystem({ name: "test", log });
  const silent = new ActorSystem({ name: "silent" });
  const paths: LogFields[] = [];
  const Talker = defineActor({
    protocol: NOTHING,
    initialState: (_, context) => {
      context.log.info("listener.opened", { port: 1 });
      paths.push({ path: context.path });
      return undefined;
    },
    handlers: {},
  });
  system.spawn(Talker, "talker");
  silent.spawn(Talker, "talker");
  assert.deepEqual(log.lines, [
    { level: "info", event: "listener.opened", fields: { path: "/talker", port: 1 } },
  ]);
  assert.equal(paths.length, 2);
  await Promise.all([system.stop(), silent.stop()]);
  assert.equal(loadedFromNact().includes("lib/index.js"), false);
  assert.equal("configureLogging" in (require("nact") as object), false);
});

test("row 25: nact's persistence numbers events before they are written; nothing imports it", () => {
  const importers = sources.filter((file) =>
    /nact\/lib\/persistence|spawnPersistent|configurePersistence/.test(read(file)),
  );
  assert.deepEqual(importers, []);
});

test("row 26: nact's persistent actor escapes every repair; only two files of nact are imported, only by the kernel", () => {
  assert.ok(sources.length > 30, "there are sources to look at");
  const importers = sources.flatMap((file) =>
    [...read(file).matchAll(/(?:from|import|require)\s*\(?\s*["'](nact[^"']*)["']/g)].map(([, target]) => ({
      file,
      target,
    })),
  );
  assert.ok(importers.length > 0, "the kernel is seen to import nact");
  assert.deepEqual(
    importers.filter(({ file }) => !file.startsWith("runtime/kernel/")),
    [],
  );
  assert.deepEqual(
    new Set(importers.map(({ target }) => target)),
    new Set(["nact/lib/actor.js", "nact/lib/system.js"]),
  );
});

const NOTHING = defineProtocol({ name: "nothing", version: 1 });

const METHODS = [
  "initializeState",
  "childSpawned",
  "childStopped",
  "dispatch",
  "query",
  "stop",
  "reset",
  "resume",
  "processNext",
  "handleMessage",
  "handleFault",
] as const;

class Recorder extends Actor {
  declare calls: string[];

  constructor(parent: NactParent, name: string, system: NactSystem) {
    super(parent, name, system, undefined, {});
  }

  override initializeState(): void {
    this.calls = ["initializeState"];
  }
}

function nactRoot(name: string): NactRoot {
  const roots: NactRoot[] = [];
  start({ name }, (system) => void roots.push(system));
  const [root] = roots;
  assert.ok(root);
  return root;
}

function loadedFromNact(): string[] {
  return Object.keys(require.cache).flatMap((file) => file.split("/node_modules/nact/")[1] ?? []);
}
