import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Refusal } from "../benchmark.ts";

/** A load generator whose core is busier than this measures itself. */
const CLIENT_CPU_MAX_PERCENT = 95;

const SOURCE = fileURLToPath(new URL("../../../../test/bench/gateway/wsload.c", import.meta.url));

/** The phases of a load, in their order; a load has all up to the last one that it asks for. */
export type Phase = "connect" | "idle" | "echo" | "fanout" | "slow";

/** What `wsload` prints of each phase, as far as it is of use here. */
export interface Load {
  readonly connect: { readonly opened: number; readonly per_s: number };
  readonly idle: { readonly rss_bytes_per_conn: number };
  readonly echo?: Throughput & { readonly per_s: number; readonly rtt: Latency };
  readonly fanout?: Throughput & Pushes;
  readonly slow?: Throughput & Pushes & SlowReaders;
}

interface Throughput {
  /** How busy the load generator's own core was. */
  readonly client_cpu_pct: number;
}

interface Pushes {
  readonly deliveries_per_s: number;
  readonly push_bad: number;
  readonly latency: Latency;
}

interface SlowReaders {
  readonly slow_conns: number;
  readonly rss_kb_before: number;
  readonly rss_kb_peak: number;
}

interface Latency {
  readonly p50_us: number;
  readonly p99_us: number;
}

/** What a load is made of: `wsload`'s own options, and the last phase that they lead to. */
export interface LoadPlan {
  readonly connections: number;
  readonly options: string;
  readonly until: Phase;
}

/**
 * Puts a load on a server of this machine. @throws Refusal when the server did not take it all, or when the load
 * generator was the bottleneck
 */
export async function putLoad(
  plan: LoadPlan,
  server: { port: number; pid: number },
  scratch: string,
): Promise<Load> {
  const program = await compiled(scratch);
  const options = `--port ${server.port} --pids ${server.pid} -c ${plan.connections} ${plan.options}`;
  const load = await report(program, options.trim().split(/ +/), plan.until);
  refuseFalse(load, plan);
  return load;
}

/** The load generator, compiled once a run. */
async function compiled(scratch: string): Promise<string> {
  const program = join(scratch, "wsload");
  try {
    await access(program);
  } catch {
    await promisify(execFile)("cc", ["-O2", "-w", "-o", program, SOURCE]);
  }
  return program;
}

// It goes on to watch the server for a while after the last phase; what is wanted has been printed by then.
async function report(program: string, options: readonly string[], until: Phase): Promise<Load> {
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let printed = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    printed += chunk as string;
    if (printed.includes(`"${until}":`) && /\},\s*$/.test(printed)) break;
  }
  child.kill();
  await ended;
  if (!printed.includes(`"${until}":`)) throw new Refusal(`wsload ended before "${until}": ${printed}`);
  return JSON.parse(printed.replace(/,\s*$/, "}")) as Load;
}

function refuseFalse(load: Load, { connections }: LoadPlan): void {
  const { opened } = load.connect;
  if (opened < connections) throw new Refusal(`only ${opened} of ${connections} connections were opened`);
  for (const phase of ["echo", "fanout", "slow"] as const) {
    const busy = load[phase]?.client_cpu_pct ?? 0;
    if (busy > CLIENT_CPU_MAX_PERCENT) {
      throw new Refusal(
        `The load generator was the bottleneck: ${busy} % of its core in the phase "${phase}".`,
      );
    }
  }
  const lost = (load.fanout?.push_bad ?? 0) + (load.slow?.push_bad ?? 0);
  if (lost > 0) throw new Refusal(`${lost} pushes were not answered with success`);
}
