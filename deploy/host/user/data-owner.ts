import { spawnSync } from "node:child_process";
import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../refusal.ts";
import { spawnAs } from "./os-user.ts";
import type { OsUser } from "./os-user.ts";

const TRY_LIMIT_MS = 20_000;
/** Opens what is there, and never through a link that the worker's user may have put there. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a worker has to reach as its user. */
export interface NeededAccess {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/**
 * Makes the data directory and what is in it the worker's, so that it can keep what it must. `hostFiles` stay the host's.
 * Links are left alone, and so are files with a second name: they could be anybody's.
 */
export function giveDataDirectory(path: string, osUser: OsUser, hostFiles: readonly string[] = []): void {
  give(path, osUser);
  for (const name of readdirSync(path)) {
    if (!hostFiles.includes(name)) giveDeep(join(path, name), osUser);
  }
}

/**
 * Tries as that user whether a worker could read its code and write its data.
 * @throws Refusal that names what it cannot reach
 */
export function checkAccess(osUser: OsUser, needed: NeededAccess): void {
  const { ids, environment } = spawnAs(osUser);
  const { error, status, stdout } = spawnSync(process.execPath, ["-e", TRY_ACCESS, JSON.stringify(needed)], {
    ...ids,
    env: environment,
    cwd: "/",
    encoding: "utf8",
    timeout: TRY_LIMIT_MS,
  });
  const who = `user ${osUser.user} (host.user)`;
  if (error !== undefined || status !== 0) {
    const why = error?.message ?? `it ended with ${status}`;
    throw new Refusal("settings", `${who} cannot run ${process.execPath}: ${why}`, { cause: error });
  }
  const problems = JSON.parse(stdout) as string[];
  if (problems.length === 0) return;
  throw new Refusal(
    "settings",
    `${who} cannot ${problems.join(", nor ")}; give it access (every folder on the way needs x for it), or choose another user`,
  );
}

const TRY_ACCESS = `
const { accessSync, constants } = require("node:fs");
const { read, write } = JSON.parse(process.argv[1]);
const attempt = (path, mode, word) => {
  try { accessSync(path, mode); return []; } catch (error) { return [word + " " + path + " (" + error.code + ")"]; }
};
process.stdout.write(JSON.stringify([
  ...read.flatMap((path) => attempt(path, constants.R_OK, "read")),
  ...write.flatMap((path) => attempt(path, constants.R_OK | constants.W_OK | constants.X_OK, "write into")),
]));`;

function giveDeep(path: string, osUser: OsUser): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) {
    give(path, osUser);
    for (const name of readdirSync(path)) giveDeep(join(path, name), osUser);
  } else if (found.isFile()) {
    give(path, osUser);
  }
}

function give(path: string, { uid, gid }: OsUser): void {
  const file = openSync(path, OPEN_FLAGS);
  try {
    const found = fstatSync(file);
    const isOnlyName = found.isDirectory() || found.nlink === 1;
    if (isOnlyName && (found.uid !== uid || found.gid !== gid)) fchownSync(file, uid, gid);
  } finally {
    closeSync(file);
  }
}
