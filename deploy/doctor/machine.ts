import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fail, ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

const NODE_MIN = { major: 20, minor: 19 };
/** Files that a process has open besides its connections: logs, listeners, the event loop's own. */
const FILES_BESIDES_CONNECTIONS = 100;
/** What `npm test` drives for real, and Debian's package for each. */
const TEST_PROGRAMS = { chromium: "chromium", nginx: "nginx", "redis-server": "redis-server" };
/** The day of the first release: a clock before it is wrong. */
const CLOCK_MIN_MS = Date.UTC(2026, 0, 1);

/** Whether this Node is new enough. Pure. */
export function checkNodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const isEnough = major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor);
  if (isEnough) return ok("Node", version);
  return fail("Node", `${version} is too old`, `install Node ${NODE_MIN.major}.${NODE_MIN.minor} or newer`);
}

/** Whether the process may open as many files as there may be connections. Pure: `limits` is the text of /proc/self/limits. */
export function checkFileLimit(limits: string | undefined, connections: number): Finding {
  const soft = /^Max open files\s+(\S+)/m.exec(limits ?? "")?.[1];
  if (soft === undefined) return ok("open files", "the limit cannot be read on this system");
  const needed = connections + FILES_BESIDES_CONNECTIONS;
  if (soft === "unlimited" || Number(soft) >= needed) {
    return ok("open files", `${soft}, enough for ${connections} connections`);
  }
  return warn(
    "open files",
    `${soft}, and limits.connections is ${connections}`,
    `raise it (ulimit -n ${needed}, or LimitNOFILE=${needed} in the unit), or lower limits.connections`,
  );
}

/** What Linux says about the limits of this process; undefined elsewhere. */
export function readProcessLimits(): string | undefined {
  return existsSync("/proc/self/limits") ? readFileSync("/proc/self/limits", "utf8") : undefined;
}

/** Whether the wall clock can be believed: signed requests are judged by it. */
export function checkClock(wallMs: number, synchronizedMark = "/run/systemd/timesync/synchronized"): Finding {
  const time = `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
  if (wallMs < CLOCK_MIN_MS) {
    return fail("clock", `${time} is in the past`, "set the clock; signed pushes fail until then");
  }
  const source = existsSync(synchronizedMark)
    ? "synchronized"
    : "whether it is synchronized cannot be seen from here";
  return ok("clock", `${time}, ${source}`);
}

/** Whether the programs are there that the tests drive; running a node needs none of them. */
export function checkTestPrograms(path: string): Finding {
  const folders = [...path.split(delimiter), "/usr/sbin"];
  const missing = Object.entries(TEST_PROGRAMS).filter(
    ([program]) => !folders.some((folder) => existsSync(join(folder, program))),
  );
  if (missing.length === 0) return ok("test programs", Object.keys(TEST_PROGRAMS).join(", "));
  const packages = missing.map(([, debianPackage]) => debianPackage).join(" ");
  return warn(
    "test programs",
    `missing: ${missing.map(([program]) => program).join(", ")}`,
    `for npm test only: sudo apt-get install ${packages}`,
  );
}
