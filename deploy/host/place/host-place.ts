import { join } from "node:path";
import type { WorkerUrls } from "../../../protocols/host.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";
import type { DataDirectory } from "../../data-directory.ts";
import { Refusal } from "../../refusal.ts";
import { announceNode, withdrawNode } from "../../running-node.ts";
import { removePidFile, writePidFile } from "./pid-file.ts";

const PID_FILE = "banyan.pid";

/** Where other programs find the host: its process id, and where its workers are reached. */
export class HostPlace {
  readonly #directory: DataDirectory;
  readonly #pidFile: string;
  #isOpen = false;

  constructor({ dataDir, host }: NodeSettings, directory: DataDirectory) {
    this.#directory = directory;
    this.#pidFile = host.pidFile ?? join(dataDir, PID_FILE);
  }

  /** @throws Refusal when the pid file cannot be written */
  open(): void {
    try {
      writePidFile(this.#pidFile, process.pid);
    } catch (error) {
      const text = `host.pidFile is ${this.#pidFile}, which cannot be written: ${(error as Error).message}`;
      throw new Refusal("settings", text, { cause: error });
    }
    this.#isOpen = true;
  }

  announce(urls: WorkerUrls, workers: readonly number[]): void {
    announceNode(this.#directory, { pid: process.pid, workers, ...urls });
  }

  close(): void {
    withdrawNode(this.#directory, process.pid);
    if (this.#isOpen) removePidFile(this.#pidFile, process.pid);
  }
}
