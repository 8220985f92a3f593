/** Installs the packages of the lock file when they are missing or older than it. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { changedAtMs, digest, readText, Refusal, ROOT, say } from "./project.mjs";

const NODE_MIN = [20, 19];
const LOCK = "package-lock.json";
const STAMP = "node_modules/.banyan-lock";
const NPM_ARGUMENTS = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];

/** Refuses a Node that is too old to run what is about to be installed. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  throw new Refusal(`Node ${NODE_MIN.join(".")} or newer is needed, and this is Node ${version}.`);
}

/** Brings node_modules to the state of the lock file; npm is heard only when it fails. */
export function install() {
  const lock = readText(LOCK);
  if (lock === undefined) throw new Refusal(`${LOCK} is missing; restore it with: git checkout ${LOCK}`);
  if (isInstalled(lock)) return;
  say("installing packages (npm ci) …");
  const npm = spawnSync("npm", NPM_ARGUMENTS, { cwd: ROOT, encoding: "utf8" });
  if (npm.error) throw new Refusal(`npm could not be started: ${npm.error.message}`);
  if (npm.status !== 0) {
    process.stderr.write(npm.stdout + npm.stderr);
    throw new Refusal("npm ci failed; its own words are above.");
  }
  writeFileSync(join(ROOT, STAMP), digest(lock));
}

/** npm's own record counts too, so that an `npm install` by hand is not repeated. */
function isInstalled(lock) {
  if (readText(STAMP) === digest(lock)) return true;
  return changedAtMs("node_modules/.package-lock.json") > changedAtMs(LOCK);
}
