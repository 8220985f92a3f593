/** Runs the compiled unit tests in one process: `run-unit.js [--part=1/2] [words of file names]`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const UNIT_FOLDER = fileURLToPath(new URL("../unit", import.meta.url));
const { values, positionals: words } = parseArgs({
  options: { part: { type: "string", default: "1/1" } },
  allowPositionals: true,
});
const [part = 1, parts = 1] = values.part.split("/").map(Number);

const files = readdirSync(UNIT_FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .toSorted()
  .filter((_, index) => index % parts === part - 1);

if (files.length === 0) throw new Error(`No unit test file in ${UNIT_FOLDER} matches "${words.join(" ")}".`);
for (const file of files) await import(pathToFileURL(join(UNIT_FOLDER, file)).href);
