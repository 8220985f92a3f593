import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { RUNS_IN_VARIABLE } from "../../settings-names.ts";
import { parsePs, parseStat, roleOf } from "./process-facts.ts";
import type { BanyanProcess } from "./process-facts.ts";

const PS_WORDS = ["-axo", "pid=,ppid=,stat=,rss=,etime=,command="];
const PS_LIMIT_MS = 5_000;
const PS_BYTES_MAX = 32 * 1024 * 1024;
const KIBIBYTE = 1_024;

/** Every banyan process of this machine that this user may see: from /proc on Linux, from `ps` elsewhere. */
export function banyanProcesses(nowMs: number): BanyanProcess[] {
  return existsSync("/proc/self/stat") ? fromProc() : fromPs(nowMs);
}

function fromProc(): BanyanProcess[] {
  const bootedAtMs = 1_000 * Number(/^btime (\d+)$/m.exec(textOf("/proc/stat") ?? "")?.[1] ?? 0);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => readProcess(Number(pid), bootedAtMs));
}

/** A process may end while it is read, and what belongs to another user shows little: such a one is left out, or told in part. */
function readProcess(pid: number, bootedAtMs: number): BanyanProcess[] {
  const stat = textOf(`/proc/${pid}/stat`);
  const facts = stat === undefined ? undefined : parseStat(stat, bootedAtMs);
  if (facts === undefined) return [];
  // One that has ended has no command line any more, but it still has its name.
  const words = textOf(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
  const title = words.find((word) => word !== "") ?? facts.name;
  const role = roleOf(title);
  if (role === undefined) return [];
  const { name: _, ...rest } = facts;
  return [
    {
      ...rest,
      pid,
      title,
      role,
      rssBytes: rssOf(pid),
      folder: linkOf(`/proc/${pid}/cwd`),
      dataDir: dataDirOf(pid),
    },
  ];
}

function rssOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`) ?? "")?.[1];
  return Number(kibibytes ?? 0) * KIBIBYTE;
}

function dataDirOf(pid: number): string | undefined {
  const variables = textOf(`/proc/${pid}/environ`)?.split("\0");
  const found = variables?.find((variable) => variable.startsWith(`${RUNS_IN_VARIABLE}=`));
  return found?.slice(RUNS_IN_VARIABLE.length + 1);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function fromPs(nowMs: number): BanyanProcess[] {
  const { stdout } = spawnSync("ps", PS_WORDS, {
    encoding: "utf8",
    timeout: PS_LIMIT_MS,
    maxBuffer: PS_BYTES_MAX,
  });
  return parsePs(stdout, nowMs);
}
