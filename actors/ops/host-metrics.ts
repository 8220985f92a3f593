import type { HostProcess } from "../../protocols/host.ts";
import type { HostLink } from "../../runtime/host-link.ts";
import type { Metrics, Sample } from "../../runtime/telemetry/metrics.ts";

/** Adds the numbers of the host; where one process is all, there are none. */
export function addHostMetrics(metrics: Metrics, hostLink: HostLink | undefined): void {
  if (hostLink === undefined) return;
  metrics.counter({
    name: "banyan_worker_restarts_total",
    help: "Workers that had to be started again because one had ended.",
    read: () => hostLink.report()?.restarts ?? 0,
  });
  metrics.counter({
    name: "banyan_reloads_total",
    help: "How often a worker has handed its connections over to a fresh one.",
    read: () => hostLink.report()?.reloads ?? 0,
  });
  metrics.gauge({
    name: "banyan_process_memory_bytes",
    help: "Resident memory of the host and of each worker, as they said last.",
    labels: ["role", "number"],
    read: () => (hostLink.report()?.processes ?? []).flatMap(memoryOf),
  });
}

function memoryOf({ role, number, vitals }: HostProcess): Sample[] {
  return vitals === undefined ? [] : [{ value: vitals.memory.rss, labels: { role, number: String(number) } }];
}
