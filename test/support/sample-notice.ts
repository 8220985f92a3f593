import type { Alarm, Notice } from "../../runtime/alarms/alarm.ts";
import { noticeDelivery } from "../../runtime/alarms/notice-delivery.ts";
import type { Delivery } from "../../runtime/webhooks/delivery.ts";

/** An alarm for tests of what is made of it. */
export const SAMPLE_ALARM: Alarm = {
  key: "disk.full:/data",
  severity: "critical",
  summary: "the disk of /data is full",
  details: { freeBytes: 0, path: "/data" },
  firstAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  lastAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  count: 1,
  state: "active",
  escalations: 0,
  isFlapping: false,
};

/** A notice of it. */
export function sampleNotice(more: Partial<Alarm> = {}, kind: Notice["kind"] = "raised"): Notice {
  return { kind, alarm: { ...SAMPLE_ALARM, ...more }, channels: ["chat"] };
}

/** A notice as a delivery; the number makes it one of its own. */
export function sampleDelivery(number = 1): Delivery {
  return noticeDelivery("elm", sampleNotice({ key: `disk.full:${number}` }), SAMPLE_ALARM.firstAtMs);
}
