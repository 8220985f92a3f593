import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startNode } from "../../support/node-process.ts";
import type { NodeProcess } from "../../support/node-process.ts";
import { cpuMsOf, ownMemoryMb, peakMemoryMb } from "./process-figures.ts";
import { benchSource } from "./sls-names.ts";

/** `banyan start` with nothing but a logstore to pull: its worker is a process as operators run it. */
export class CountingHost {
  readonly #node: NodeProcess;
  readonly #folder: string;
  readonly #pid: number;

  private constructor(node: NodeProcess, folder: string) {
    this.#node = node;
    this.#folder = folder;
    this.#pid = node.workerPid();
  }

  static async start(endpoint: string, scratch: string): Promise<CountingHost> {
    const folder = join(scratch, "host");
    mkdirSync(folder, { recursive: true });
    // JSON is YAML.
    writeFileSync(
      join(folder, "banyan.yaml"),
      JSON.stringify({ logs: { sources: [benchSource(endpoint)] } }),
    );
    return new CountingHost(await startNode(folder), folder);
  }

  /** How many logs are counted for good, in all shards. */
  async counted(): Promise<number> {
    const { body } = await this.#node.get("/v1/stats/partitions");
    const { partitions } = body as { partitions: readonly { counted: number }[] };
    return partitions.reduce((sum, { counted }) => sum + counted, 0);
  }

  /** How long the processors have worked for the worker, in milliseconds. */
  cpuMs(): number {
    return cpuMsOf(this.#pid);
  }

  /** The most memory that the worker has had at once, in megabytes. */
  peakMb(): number {
    return peakMemoryMb(this.#pid);
  }

  /** What of its memory is the worker's own now, in megabytes: no page of Node's program, nor of the database. */
  ownMb(): number {
    return ownMemoryMb(this.#pid);
  }

  async stop(): Promise<void> {
    await this.#node.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
