/** Runs every compiled unit test in one process: `run-unit.js [words of file names]`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const UNIT_FOLDER = fileURLToPath(new URL("../unit", import.meta.url));
const words = process.argv.slice(2);

const files = readdirSync(UNIT_FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .toSorted();

if (files.length === 0) throw new Error(`No unit test file in ${UNIT_FOLDER} matches "${words.join(" ")}".`);
for (const file of files) await import(pathToFileURL(join(UNIT_FOLDER, file)).href);
