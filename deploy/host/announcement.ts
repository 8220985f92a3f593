import type { WorkerUrls } from "../../protocols/host.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";

/** Where the node is reached, and by which process it is served. */
interface Announced {
  readonly urls: WorkerUrls;
  readonly pid: number;
}

/** What an announcement needs. */
export interface AnnouncementParts {
  /** May throw: a data directory can be full. */
  readonly write: (urls: WorkerUrls, pid: number) => void;
  readonly log: Logger;
}

/** Says for other programs which worker serves, and tries again while that cannot be written: who serves never depends on it. */
export class Announcement {
  readonly #parts: AnnouncementParts;
  #open: Announced | undefined = undefined;
  #isFailing = false;

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
  }

  /** Another worker serves. Never throws. */
  take(urls: WorkerUrls, pid: number): void {
    this.#open = { urls, pid };
    this.retry();
  }

  /** Writes what could not be written before, if anything. Never throws. */
  retry(): void {
    if (this.#open === undefined) return;
    const { urls, pid } = this.#open;
    try {
      this.#parts.write(urls, pid);
      this.#open = undefined;
      this.#isFailing = false;
    } catch (err) {
      // Once for each trouble, not once a second.
      if (!this.#isFailing) this.#parts.log.error("host.unannounced", { pid, err });
      this.#isFailing = true;
    }
  }
}
