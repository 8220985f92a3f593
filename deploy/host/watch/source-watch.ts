import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Cancel, Clock } from "../../../runtime/time/clock.ts";
import { BUILD_STAMP, changedBetween, isBuildUnderWay, takePrint } from "./code-print.ts";
import type { CodePrint } from "./code-print.ts";
import { FolderWatch } from "./folder-watch.ts";

/** Changes that never pause are taken up all the same after so long, in milliseconds. */
const SETTLE_MAX_MS = 30_000;
/** A build that left no stamp for so long has failed or was given up, in milliseconds. */
const BUILD_MAX_MS = 120_000;

/** What is watched, and what happens then. */
export interface SourceWatchParts {
  readonly clock: Clock;
  /** The folder that the program is loaded from. */
  readonly codeFolder: string;
  /** Single files that count too: the settings file. */
  readonly files: readonly string[];
  /** How long nothing must have changed, in milliseconds. */
  readonly settleMs: number;
  /** Takes up a change, one at a time. `busy`: it could not be taken up now, ask again. */
  readonly onChange: (changed: readonly string[]) => Promise<"done" | "busy">;
  readonly onTrouble: (error: Error) => void;
}

/**
 * Notices that the program's code or its settings have changed, and says so once nothing changes any more. Saving a file
 * without a change, or building the same code again, is no change.
 */
export class SourceWatch {
  readonly #parts: SourceWatchParts;
  readonly #folders: FolderWatch;
  #print: CodePrint = new Map();
  #isStamped = false;
  #isBusy = false;
  #sinceMs: number | undefined = undefined;
  #cancel: Cancel | undefined = undefined;

  constructor(parts: SourceWatchParts) {
    this.#parts = parts;
    const { codeFolder, files, onTrouble } = parts;
    this.#folders = new FolderWatch({ codeFolder, files, onTrouble, onEvent: () => this.noticed() });
  }

  /** Watches from now on; what is there now is taken as what runs. */
  start(): void {
    const { codeFolder, files } = this.#parts;
    this.#folders.renew();
    this.#isStamped = existsSync(join(codeFolder, BUILD_STAMP));
    this.#print = takePrint(codeFolder, files);
  }

  close(): void {
    this.#folders.close();
    this.#cancel?.();
  }

  /** Something may have changed: looks once nothing has for a while. */
  noticed(): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#sinceMs ??= nowMs;
    if (this.#cancel !== undefined && nowMs - this.#sinceMs > SETTLE_MAX_MS) return;
    this.#cancel?.();
    this.#cancel = this.#parts.clock.after(this.#parts.settleMs, () => void this.#settled());
  }

  async #settled(): Promise<void> {
    this.#cancel = undefined;
    // What changes while a change is taken up is looked at after it.
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await this.#takeUp();
    } catch (error) {
      this.#parts.onTrouble(error as Error);
    }
    this.#isBusy = false;
  }

  async #takeUp(): Promise<void> {
    const before = this.#print;
    const changed = this.#look();
    if (changed.length === 0) return;
    try {
      if ((await this.#parts.onChange(changed)) === "busy") this.#print = before;
    } finally {
      this.noticed();
    }
  }

  /** What has changed since the last look; nothing while the change still goes on. */
  #look(): string[] {
    const { clock, codeFolder, files } = this.#parts;
    const waitedMs = clock.nowMs() - (this.#sinceMs ?? clock.nowMs());
    const isBuilding = isBuildUnderWay(codeFolder, this.#isStamped) && waitedMs < BUILD_MAX_MS;
    if (this.#folders.renew() || isBuilding) {
      this.noticed();
      return [];
    }
    this.#sinceMs = undefined;
    const print = takePrint(codeFolder, files);
    const changed = changedBetween(this.#print, print);
    this.#print = print;
    return changed;
  }
}
