/** Makes a fresh clone ready to run: `prepare.mjs [--build]`. Runs before anything is installed. */
import { build } from "./build.mjs";
import { checkNode, install } from "./install.mjs";
import { runTool } from "./project.mjs";

await runTool(async () => {
  checkNode();
  install();
  await build({ always: process.argv.includes("--build") });
});
