import { fileURLToPath } from "node:url";
import { Banyan, workplace } from "./node-process.ts";
import type { Workplace } from "./node-process.ts";

/** What `npm run dev:cluster` runs. */
export const DEV_CLUSTER = fileURLToPath(new URL("../../deploy/dev-cluster.js", import.meta.url));
/** A line for each node once all serve: `  a  process 4711  page http://127.0.0.1:1/  operators http://127.0.0.1:2`. */
const NODE_LINE = /^ {2}(\w) {2}process (\d+) +page (\S+)\/ +operators (\S+)$/gm;
const TREE = /└─ c +root/;

/** One of its nodes: ports and data stay, processes come and go. */
export interface DevPlace {
  readonly name: string;
  readonly pid: number;
  readonly web: string;
  readonly ops: string;
  readonly dataDir: string;
}

/** The cluster that `npm run dev:cluster` runs, on free ports, with its own Redis. */
export class DevCluster {
  readonly process: Banyan;
  readonly #place: Workplace;
  #nodes: readonly DevPlace[] = [];

  private constructor() {
    this.#place = workplace();
    this.process = new Banyan(this.#place.folder, ["--free-ports"], {}, DEV_CLUSTER);
  }

  /** All its nodes serve when this resolves. */
  static async start(): Promise<DevCluster> {
    const cluster = new DevCluster();
    const isShown = (_: string, stderr: string) => (TREE.test(stderr) ? stderr : undefined);
    const shown = await cluster.process.until(isShown).catch(async (error: unknown) => {
      await cluster.stop();
      throw error;
    });
    const folder = /nodes --data-dir (\S+)\/a\/data/.exec(shown)?.[1] ?? "";
    cluster.#nodes = Array.from(
      shown.matchAll(NODE_LINE),
      ([, name = "", pid, web = "", ops = ""]): DevPlace => ({
        name,
        pid: Number(pid),
        web,
        ops,
        dataDir: `${folder}/${name}/data`,
      }),
    );
    return cluster;
  }

  get nodes(): readonly DevPlace[] {
    return this.#nodes;
  }

  node(name: string): DevPlace {
    const node = this.#nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  /** As `kill -9` does. */
  kill(name: string): void {
    process.kill(this.node(name).pid, "SIGKILL");
  }

  /** Resolves when the node whose process was killed has another one that serves. */
  async untilBack(name: string): Promise<DevPlace> {
    const before = this.node(name);
    const line = new RegExp(`^${name} {2}is back: process (\\d+)$`, "gm");
    const pid = await this.process.until((_, stderr) => {
      const latest = Number([...stderr.matchAll(line)].at(-1)?.[1] ?? before.pid);
      return latest === before.pid ? undefined : latest;
    });
    const back = { ...before, pid };
    this.#nodes = this.#nodes.map((node) => (node.name === name ? back : node));
    return back;
  }

  /** Ends it as Ctrl-C does; answers its exit code. */
  async stop(): Promise<number | null> {
    this.process.child.kill("SIGINT");
    const { code } = await this.process.ended;
    this.#place.remove();
    return code;
  }
}
