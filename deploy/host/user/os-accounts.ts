import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A user of the system. */
export interface OsAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A group of the system. */
export interface OsGroup {
  readonly name: string;
  readonly gid: number;
}

type Database = "passwd" | "group";

/** What may stand in a settings file: nothing that a command could take for an option or a path. */
const FIT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/;
const LOOKUP_LIMIT_MS = 5_000;
const NAME_FIELD = 0;
const ID_FIELD = 2;

/** The user with a name or a number; undefined when there is none. */
export function findUser(nameOrUid: string): OsAccount | undefined {
  return parseAccount(lookUp("passwd", nameOrUid));
}

/** The group with a name or a number; undefined when there is none. */
export function findGroup(nameOrGid: string): OsGroup | undefined {
  return parseGroup(lookUp("group", nameOrGid));
}

/** Reads a line of passwd(5). Pure. */
export function parseAccount(line: string | undefined): OsAccount | undefined {
  const [name = "", , uid = "", gid = "", , home = ""] = (line ?? "").split(":");
  if (name === "" || !isId(uid) || !isId(gid)) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home === "" ? "/" : home };
}

/** Reads a line of group(5). Pure. */
export function parseGroup(line: string | undefined): OsGroup | undefined {
  const [name = "", , gid = ""] = (line ?? "").split(":");
  return name === "" || !isId(gid) ? undefined : { name, gid: Number(gid) };
}

/** The line of a file like /etc/passwd with this name or number; a name goes before a number. Pure. */
export function lineOf(text: string, nameOrId: string): string | undefined {
  const lines = text.split("\n");
  const fieldOf = (line: string, field: number): string | undefined => line.split(":")[field];
  return (
    lines.find((line) => fieldOf(line, NAME_FIELD) === nameOrId) ??
    lines.find((line) => isId(nameOrId) && fieldOf(line, ID_FIELD) === nameOrId)
  );
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

/** getent knows the users of directory services too; where it is missing, the files have to do. */
function lookUp(database: Database, nameOrId: string): string | undefined {
  if (!FIT_NAME.test(nameOrId)) return undefined;
  const { error, status, stdout } = spawnSync("getent", [database, nameOrId], {
    encoding: "utf8",
    timeout: LOOKUP_LIMIT_MS,
  });
  if (error !== undefined) return lineOf(readFileSync(`/etc/${database}`, "utf8"), nameOrId);
  return status === 0 ? stdout.split("\n")[0] : undefined;
}
