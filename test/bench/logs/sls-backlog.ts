import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Refusal } from "../benchmark.ts";
import { cpuMsOf } from "./process-figures.ts";
import type { Backlog } from "./sls-names.ts";
import { BENCH_KEY } from "./sls-names.ts";

const SERVER = fileURLToPath(new URL("sls-process.js", import.meta.url));
/** From this share of a core on, the server would be what is measured. */
const SERVER_CPU_MAX = 0.95;

/** A server of SLS in another process, with logs that wait to be pulled. */
export class SlsBacklog {
  readonly url: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(backlog: Backlog): Promise<SlsBacklog> {
    const child = spawn(process.execPath, [SERVER, JSON.stringify(backlog)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new SlsBacklog(child, await saidBy(child));
  }

  /** Puts more into all its shards at once. */
  async fill(backlog: Backlog): Promise<void> {
    const filled = saidBy(this.#child);
    this.#child.stdin.write(`${JSON.stringify(backlog)}\n`);
    await filled;
  }

  /** How often its shards were read so far, all together. */
  async reads(): Promise<number> {
    const headers = { authorization: `Bearer ${BENCH_KEY.secret}` };
    const state = (await (await fetch(`${this.url}/_dev/state`, { headers })).json()) as DevState;
    return state.logstores.flatMap(({ shards }) => shards).reduce((sum, { reads }) => sum + reads, 0);
  }

  /** Answers, when called, for which share of a core the server has worked since; refuses a run that has measured the server. */
  watchCpu(): () => number {
    const beganMs = performance.now();
    const before = cpuMsOf(this.#pid);
    return () => {
      const share = (cpuMsOf(this.#pid) - before) / (performance.now() - beganMs);
      if (share < SERVER_CPU_MAX) return share;
      throw new Refusal(
        `the server took ${Math.round(share * 100)} % of a core: it is what would be measured`,
      );
    };
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  get #pid(): number {
    return this.#child.pid ?? 0;
  }
}

interface DevState {
  readonly logstores: readonly { readonly shards: readonly { readonly reads: number }[] }[];
}

async function saidBy({ stdout }: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  const [said] = (await once(stdout, "data")) as [Buffer];
  return said.toString().trim();
}
