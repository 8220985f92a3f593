import { join } from "node:path";
import type { WorkerUrls } from "../../protocols/host.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { DataDirectory } from "../data-directory.ts";
import { announceNode, withdrawNode } from "../running-node.ts";
import { removePidFile, writePidFile } from "./pid-file.ts";

const PID_FILE = "banyan.pid";

/** Where other programs find the host: its process id, and where its workers are reached. */
export class HostPlace {
  readonly #directory: DataDirectory;
  readonly #pidFile: string;

  constructor({ dataDir, host }: NodeSettings, directory: DataDirectory) {
    this.#directory = directory;
    this.#pidFile = host.pidFile ?? join(dataDir, PID_FILE);
  }

  open(): void {
    writePidFile(this.#pidFile, process.pid);
  }

  announce(urls: WorkerUrls, workers: readonly number[]): void {
    announceNode(this.#directory, { pid: process.pid, workers, ...urls });
  }

  close(): void {
    withdrawNode(this.#directory, process.pid);
    removePidFile(this.#pidFile, process.pid);
  }
}
