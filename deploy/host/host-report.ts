import type {
  HostActivity,
  HostProcess,
  HostReport,
  ProcessMemory,
  WorkerUrls,
} from "../../protocols/host.ts";
import type { Lines } from "./lines.ts";
import type { WorkerProcess } from "./worker/worker-process.ts";

/** What a report is made from. */
export interface ReportParts {
  readonly crew: Pick<Lines, "workers" | "recent" | "careOf">;
  readonly doing: HostActivity;
  readonly urls: WorkerUrls | undefined;
  readonly startedAtMs: number;
  readonly version: string;
}

/** All that the host knows of its processes, for operators. */
export function reportOf({ crew, doing, urls, startedAtMs, version }: ReportParts): HostReport {
  const { ended, recycled, refusedReloads, restarts, reloads } = crew.recent;
  const host: HostProcess = {
    role: "host",
    number: 0,
    pid: process.pid,
    state: doing === "stopping" ? "leaving" : "serving",
    version,
    startedAtMs,
    vitals: { memory: ownMemory(), requests: 0, connections: 0, zombies: 0 },
    lastBeatMs: 0,
    bytesPerMinute: undefined,
  };
  const workers = crew.workers.map((worker) => workerRow(worker, crew));
  return { processes: [host, ...workers], ended, recycled, refusedReloads, doing, urls, restarts, reloads };
}

function workerRow(worker: WorkerProcess, crew: ReportParts["crew"]): HostProcess {
  const { number, pid, state, version, startedAtMs, vitals, lastBeatAtMs } = worker;
  return {
    role: "worker",
    number,
    pid,
    state,
    version,
    startedAtMs,
    vitals,
    lastBeatMs: lastBeatAtMs === undefined ? undefined : Date.now() - lastBeatAtMs,
    bytesPerMinute: crew.careOf(worker)?.bytesPerMinute,
  };
}

function ownMemory(): ProcessMemory {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, heapTotal, external, arrayBuffers };
}
