/** Makes sure of the programs that the test suites drive for real; `npm start` needs none of them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { say } from "./project.mjs";

/** Debian's package for each program. */
const PACKAGE_OF = { "redis-server": "redis-server", nginx: "nginx", chromium: "chromium" };
const APT_LIMIT_MS = 10 * 60_000;

/** Debian starts servers when they are installed; while this policy stands it does not (policy-rc.d, exit 101). */
const INSTALL_SCRIPT = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@"`;

/** Installs the missing programs where that is allowed, and says what to install where it is not. */
export function ensurePrograms() {
  const missing = Object.keys(PACKAGE_OF).filter((program) => !isOnPath(program));
  if (missing.length === 0) return;
  const packages = missing.map((program) => PACKAGE_OF[program]);
  const becomeRoot = rootPrefix();
  if (becomeRoot !== undefined && isOnPath("apt-get") && installPackages(becomeRoot, packages)) return;
  say(`the tests need ${missing.join(", ")}: sudo apt-get install ${packages.join(" ")}`);
}

function installPackages(becomeRoot, packages) {
  say(`installing ${packages.join(", ")} (apt-get) …`);
  const [command, ...rest] = [...becomeRoot, "sh", "-c", INSTALL_SCRIPT, "sh", ...packages];
  const apt = spawnSync(command, rest, { encoding: "utf8", timeout: APT_LIMIT_MS });
  if (apt.status === 0) return true;
  process.stderr.write(`${apt.stdout ?? ""}${apt.stderr ?? ""}`);
  return false;
}

/** The words that make a command run as root without asking for a password, or undefined when nothing does. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" });
  return sudo.status === 0 ? ["sudo", "-n"] : undefined;
}

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.some((folder) => existsSync(join(folder, program)));
}
