import type { Metrics } from "../../runtime/telemetry/metrics.ts";
import type { AlarmChannelPart } from "./alarm-channels.ts";

/** Adds how well people are reached, read when somebody looks. */
export function addAlarmMetrics(metrics: Metrics, channels: readonly AlarmChannelPart[]): void {
  metrics.gauge({
    name: "banyan_alarm_messages_waiting",
    help: "Messages about alarms that have not been delivered yet, by channel.",
    labels: ["channel"],
    read: () => channels.map(({ name, outbox }) => ({ value: outbox.size, labels: { channel: name } })),
  });
  metrics.counter({
    name: "banyan_alarm_messages_total",
    help: "Messages about alarms, by channel and by how it went: delivered, retried, rejected, gaveUp, refused.",
    labels: ["channel", "outcome"],
    read: () =>
      channels.flatMap(({ name, account }) =>
        Object.entries(account.counts).map(([outcome, value]) => ({
          value,
          labels: { channel: name, outcome },
        })),
      ),
  });
}
