import type { Attempt } from "../../protocols/endpoint.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Delivery, Transport } from "../webhooks/delivery.ts";
import type { Alarm, Notice } from "./alarm.ts";
import { noticeOf } from "./notice-delivery.ts";

/** Alarms as events of the log: for those whose log collector tells people. */
export class LogChannel implements Transport {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  send(delivery: Delivery): Promise<Attempt> {
    const { kind, alarm } = noticeOf(delivery);
    write(this.#log, kind, alarm);
    return Promise.resolve({ kind: "delivered", text: "written" });
  }
}

function write(log: Logger, kind: Notice["kind"], alarm: Alarm): void {
  const { key, severity, summary, count, firstAtMs } = alarm;
  const what = { key, severity, summary, count, details: alarm.details };
  switch (kind) {
    case "raised":
      return log.warn("alarm.raised", what);
    case "escalated":
      return log.error("alarm.escalated", what);
    case "recovered":
      return log.info("alarm.recovered", {
        ...what,
        end: alarm.end,
        lastedMs: (alarm.endedAtMs ?? firstAtMs) - firstAtMs,
      });
  }
}
