/** Writes the import rules of the house into `.oxlintrc.json`; `npm run house` after a change to house.ts. */
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { importRules, type ImportRule } from "./import-rules.ts";

const CONFIG = ".oxlintrc.json";

const config = JSON.parse(readFileSync(CONFIG, "utf8")) as { overrides: Partial<ImportRule>[] };
const others = config.overrides.filter((override) => !override.rules?.["no-restricted-imports"]);
const overrides = [...importRules(), ...others];
if (!isDeepStrictEqual(overrides, config.overrides)) {
  writeFileSync(CONFIG, `${JSON.stringify({ ...config, overrides }, null, 2)}\n`);
  console.log(`${CONFIG} has the import rules of test/support/house.ts again.`);
}
