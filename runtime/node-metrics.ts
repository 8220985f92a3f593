import type { EntityHost } from "./sharding/entity-host.ts";
import type { PortShare } from "./net/port-share.ts";
import type { CountingLog } from "./telemetry/counting-log.ts";
import type { Metrics } from "./telemetry/metrics.ts";

/** What the numbers of a node are read from. */
export interface NodeNumbers {
  readonly log: CountingLog;
  readonly share: Pick<PortShare, "admission" | "answers">;
  readonly entities: Pick<EntityHost, "counts" | "reminders">;
}

/** Adds the numbers that belong to no feature: the process, the events, the sockets, the HTTP answers and the entities. */
export function addNodeMetrics(metrics: Metrics, { log, share, entities }: NodeNumbers): void {
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
  addReminderMetrics(metrics, entities.reminders);
  metrics.gauge({
    name: "banyan_entities_active",
    help: "Entities in memory, by type.",
    labels: ["type"],
    read: () => entities.counts().map(({ type, active }) => ({ value: active, labels: { type } })),
  });
  metrics.counter({
    name: "banyan_entity_commits_total",
    help: "What became of what entities decided, by type: stored, or not (refused, failed, fenced).",
    labels: ["type", "outcome"],
    read: () =>
      entities.counts().flatMap(({ type, stored, notStored }) => [
        { value: stored, labels: { type, outcome: "stored" } },
        { value: notStored, labels: { type, outcome: "notStored" } },
      ]),
  });
}

function addReminderMetrics(metrics: Metrics, reminders: EntityHost["reminders"]): void {
  metrics.counter({
    name: "banyan_reminder_wakes_total",
    help: "Entities that this node has woken because a reminder might be due.",
    read: () => reminders.called,
  });
  metrics.gauge({
    name: "banyan_reminder_wakes_held",
    help: "Wake-ups of the near future in memory; the others are in the store.",
    read: () => reminders.held,
  });
  metrics.counter({
    name: "banyan_reminders_handled_total",
    help: "Reminders that entities of this node have handled at most so many milliseconds late; +Inf is all of them.",
    labels: ["within_ms"],
    read: () => {
      const { lateness } = reminders;
      const classes = lateness.entries().map(([boundMs, value]) => [String(boundMs), value] as const);
      return [...classes, ["+Inf", lateness.count] as const].map(([within_ms, value]) => ({
        value,
        labels: { within_ms },
      }));
    },
  });
}
