import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** What a program consists of: a digest of each file that it loads, by its path. */
export type CodePrint = ReadonlyMap<string, string>;

/** How many changed files are named; the others are counted. */
const SHOWN_MAX = 3;
/** Folders below the code that the program itself never loads. */
const FOREIGN_FOLDERS: readonly string[] = ["test", "node_modules"];
/** Files that come with code and are not loaded, and what editors and tools leave beside what they write. */
const FOREIGN_FILE = /^\.|~$|\.(?:map|d\.ts|swp|swx|tmp|tsbuildinfo)$/;
/** Says that a build is complete: it is removed when one begins and written when one has ended. */
export const BUILD_STAMP = ".build-stamp";

/** Whether a file of the code, by its name alone, is one that the program loads. Pure. */
export function isLoaded(name: string): boolean {
  return !FOREIGN_FILE.test(name);
}

/** The folders of the code that can hold what the program loads, the code folder first. None when it is missing. */
export function codeFolders(codeFolder: string): string[] {
  return [
    codeFolder,
    ...subfolders(codeFolder)
      .filter((name) => !FOREIGN_FOLDERS.includes(name))
      .flatMap(deep),
  ];

  function deep(name: string): string[] {
    return withAllBelow(join(codeFolder, name));
  }
}

/** Takes the print of a code folder and of single files; what is missing is not in it. */
export function takePrint(codeFolder: string, files: readonly string[]): CodePrint {
  const loaded = codeFolders(codeFolder).flatMap((folder) =>
    entriesOf(folder)
      .filter((entry) => entry.isFile() && isLoaded(entry.name))
      .map((entry) => join(folder, entry.name)),
  );
  const digests = [...loaded, ...files].flatMap((path): [string, string][] => {
    const digest = digestOf(path);
    return digest === undefined ? [] : [[path, digest]];
  });
  return new Map(digests);
}

/** The files that differ between two prints: changed, new or gone. Pure. */
export function changedBetween(before: CodePrint, after: CodePrint): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).toSorted();
}

/** Whether the code folder is missing or has no complete build just now; `isStamped` says that complete builds have a stamp here. */
export function isBuildUnderWay(codeFolder: string, isStamped: boolean): boolean {
  return !existsSync(isStamped ? join(codeFolder, BUILD_STAMP) : codeFolder);
}

/** Says in a line what has changed: up to three names, then how many more. Pure. */
export function describeChange(changed: readonly string[], from: string): string {
  const shown = changed.slice(0, SHOWN_MAX).map((path) => relative(from, path));
  const more = changed.length - shown.length;
  return `${shown.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
}

function withAllBelow(folder: string): string[] {
  return [folder, ...subfolders(folder).flatMap((name) => withAllBelow(join(folder, name)))];
}

function subfolders(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** A build may remove a folder or a file while it is looked at. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function digestOf(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}
