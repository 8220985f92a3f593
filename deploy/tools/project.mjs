/** Where the project lies, and the few file-system words the tools share. Node built-ins only. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const SOURCE_FOLDERS = ["actors", "deploy", "protocols", "runtime", "test"];

/** Says one line to the operator; standard output is left to the command that follows. */
export function say(line) {
  process.stderr.write(`banyan: ${line}\n`);
}

/** A step that cannot go on; its message is all the operator needs to read. */
export class Refusal extends Error {}

/** Runs a tool's main function: a refusal is printed as one sentence, anything else is a bug and crashes. */
export async function runTool(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

/** Every file below a folder, as sorted paths relative to the project; nothing when the folder is missing. */
export function filesBelow(folder) {
  const found = [];
  for (const entry of readFolder(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesBelow(path));
    else if (entry.isFile()) found.push(path);
  }
  return found.toSorted((a, b) => (a < b ? -1 : 1));
}

function readFolder(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** The text of a project file, or undefined when there is none. */
export function readText(path) {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** When a project file was last changed, in milliseconds; 0 when there is none. */
export function changedAtMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export function digest(text) {
  return createHash("sha256").update(text).digest("hex");
}
