/** Begins an actor in the five places that each one touches: `npm run new-actor -- rooms/poll`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { actorText, protocolText, testText } from "./actor-template.mjs";
import { checkNode, install } from "./install.mjs";
import { readText, Refusal, ROOT, runTool, say } from "./project.mjs";

const REGISTRY = "protocols/registry.ts";
const ROLES = "deploy/roles.ts";
const KEBAB = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
const NAME = new RegExp(`^(?<feature>${KEBAB})/(?<actor>${KEBAB})$`);

await runTool(() => {
  checkNode();
  const names = namesOf(process.argv[2]);
  // Everything is judged before anything is written.
  const texts = { ...newFiles(names), ...changedLists(names) };
  install();
  for (const [path, text] of Object.entries(texts)) write(path, text);
  spawnSync(process.execPath, ["node_modules/oxfmt/bin/oxfmt", ...Object.keys(texts)], { cwd: ROOT });
  say(`${names.pascal} begins in:\n  ${Object.keys(texts).join("\n  ")}`);
  say("write its messages first; when they are right, `npm run golden` pins their bytes.");
});

/** One name in every spelling that the files need. */
function namesOf(name) {
  const { feature, actor } = NAME.exec(name ?? "")?.groups ?? {};
  if (!actor) throw new Refusal("Name the feature and the actor, as in: npm run new-actor -- rooms/poll");
  const pascal = actor.split("-").map(capitalized).join("");
  const camel = `${pascal[0].toLowerCase()}${pascal.slice(1)}`;
  const prose = actor.replaceAll("-", " ");
  return { feature, actor, pascal, camel, aProse: `${/^[aeiou]/.test(prose) ? "an" : "a"} ${prose}` };
}

function capitalized(word) {
  return `${word[0].toUpperCase()}${word.slice(1)}`;
}

function newFiles(names) {
  const { feature, actor } = names;
  const files = {
    [`protocols/${actor}.ts`]: protocolText(names),
    [`actors/${feature}/${actor}.ts`]: actorText(names),
    [`test/unit/actors/${feature}/${actor}.test.ts`]: testText(names),
  };
  const taken = Object.keys(files).find((path) => readText(path) !== undefined);
  if (taken) throw new Refusal(`${taken} exists already.`);
  return files;
}

function changedLists({ feature, actor, pascal, camel }) {
  return {
    [REGISTRY]: withEntry(REGISTRY, `${pascal}Protocol`, `./${actor}.ts`),
    [ROLES]: withEntry(ROLES, `${camel}Feature`, `../actors/${feature}/${actor}.ts`),
  };
}

/** The text of a file that holds one list, with one more import and one more entry at the list's end. */
function withEntry(path, name, from) {
  const text = readText(path) ?? "";
  const list = /^(export const \w+[^=]*= \[)([^\]]*)\];$/m;
  if (!list.test(text)) throw new Refusal(`${path} holds no list to extend: export const … = [ … ];`);
  const extended = text.replace(list, (_, head, entries) => `${head}${withComma(entries)}\n  ${name},\n];`);
  return withImport(extended, `import { ${name} } from "${from}";`);
}

function withComma(entries) {
  const trimmed = entries.trimEnd();
  return trimmed === "" || /,(?:\s*\/\/.*)?$/.test(trimmed) ? trimmed : `${trimmed},`;
}

/** Puts an import among its like, in alphabetical order of where it comes from. */
function withImport(text, line) {
  const source = (candidate) => candidate.split('"').at(-2);
  const isImport = (candidate) => /^(?:import|\}).* from "/.test(candidate);
  const lines = text.split("\n");
  const later = lines.findIndex(
    (other) => other.startsWith("import {") && isImport(other) && source(other) > source(line),
  );
  lines.splice(later === -1 ? lines.findLastIndex(isImport) + 1 : later, 0, line);
  return lines.join("\n");
}

function write(path, text) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
