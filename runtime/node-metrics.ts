import type { PortShare } from "./net/port-share.ts";
import type { CountingLog } from "./telemetry/counting-log.ts";
import type { Metrics } from "./telemetry/metrics.ts";

/** What the numbers of a node are read from. */
export interface NodeNumbers {
  readonly log: CountingLog;
  readonly share: Pick<PortShare, "admission" | "answers">;
}

/** Adds the numbers that belong to no feature: the process, the events, the sockets and the HTTP answers. */
export function addNodeMetrics(metrics: Metrics, { log, share }: NodeNumbers): void {
  metrics.addProcess();
  metrics.counter({
    name: "banyan_events_total",
    help: "Events of the log by name, also those below its level: restarts, refusals, opened connections.",
    labels: ["event"],
    read: () => [...log.counts].map(([event, value]) => ({ value, labels: { event } })),
  });
  metrics.gauge({
    name: "banyan_sockets",
    help: "Open sockets of the gateway, also those that have not finished their handshake.",
    read: () => share.admission.count,
  });
  metrics.counter({
    name: "banyan_http_answers_total",
    help: "Answers to plain HTTP requests, by listener, route, method and status; pushes are at /chatroom/push.",
    labels: ["listener", "route", "method", "status"],
    read: () =>
      [...share.answers.all()].map(({ kind: { listener, route, method, status }, count }) => ({
        value: count,
        labels: { listener, route, method, status: String(status) },
      })),
  });
}
