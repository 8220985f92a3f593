import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";
import { BUILD_STAMP, codeFolders, isLoaded } from "./code-print.ts";

/** A watched folder costs a kernel watch, and the kernel has few of them. */
const FOLDERS_MAX = 2_000;
const COMPLAINTS_MAX = 20;

/** What is watched, and who hears of it. */
export interface FolderWatchParts {
  readonly codeFolder: string;
  readonly files: readonly string[];
  /** Something may have changed; said often, so do little. */
  readonly onEvent: () => void;
  /** A folder cannot be watched: what changes there will not be noticed. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * Watches each folder of the code by itself, and the folders of single files. (Node's recursive watching takes a watch
 * for each file on Linux, and loses files that are replaced.) The folders' parents are watched too: tools remove and
 * remake them.
 */
export class FolderWatch {
  readonly #parts: FolderWatchParts;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #complaints = new Set<string>();

  constructor(parts: FolderWatchParts) {
    this.#parts = parts;
  }

  /** Watches what is there now; answers whether these are other folders than before. */
  renew(): boolean {
    const before = new Set(this.#watchers.keys());
    // A folder that was removed and remade has the same path, and its old watch is dead: so all are made anew.
    this.close();
    const { codeFolder, files } = this.#parts;
    const folders = codeFolders(codeFolder);
    this.#watchFile(codeFolder);
    for (const folder of folders.slice(0, FOLDERS_MAX)) this.#watch(folder, (name) => isRelevant(name));
    for (const file of files) this.#watchFile(file);
    if (folders.length > FOLDERS_MAX) {
      this.#complain(`${folders.length} folders, and ${FOLDERS_MAX} are watched`);
    }
    return before.size !== this.#watchers.size || [...before].some((key) => !this.#watchers.has(key));
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** A file is watched through its folder: editors replace it, and a watch on the file itself would follow the old one. */
  #watchFile(path: string): void {
    this.#watch(dirname(path), (name) => name === basename(path), ` for ${basename(path)}`);
  }

  #watch(folder: string, isMeant: (name: string) => boolean, purpose = ""): void {
    const key = `${folder}${purpose}`;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || isMeant(name)) this.#parts.onEvent();
      });
      watcher.on("error", (error) => this.#complain(error.message));
      this.#watchers.set(key, watcher);
    } catch (error) {
      // A folder that has gone meanwhile is told by the watch of its parent.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      this.#complain(`${folder}: ${(error as Error).message}${adviceFor(error)}`);
    }
  }

  /** Says each trouble once: it would be the same at every change. */
  #complain(text: string): void {
    if (this.#complaints.has(text) || this.#complaints.size >= COMPLAINTS_MAX) return;
    this.#complaints.add(text);
    this.#parts.onTrouble(new Error(`the code is not watched completely: ${text}`));
  }
}

function isRelevant(name: string): boolean {
  return name === BUILD_STAMP || isLoaded(name);
}

function adviceFor(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "; raise it: sysctl fs.inotify.max_user_watches=524288";
  return code === "EMFILE" ? "; raise it: sysctl fs.inotify.max_user_instances=512" : "";
}
