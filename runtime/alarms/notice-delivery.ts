import { createHash } from "node:crypto";
import type { Delivery } from "../webhooks/delivery.ts";
import type { Alarm, Notice } from "./alarm.ts";

/** What a channel is given to tell: also the `data` of a webhook. */
export interface NoticeData {
  readonly node: string;
  readonly alarm: Alarm;
}

const ID_LENGTH = 32;

/** A notice as a delivery: the same notice has the same id, whoever makes it. Pure. */
export function noticeDelivery(node: string, { kind, alarm }: Notice, atMs: number): Delivery {
  const facts = [node, alarm.key, alarm.firstAtMs, kind, alarm.severity, alarm.escalations];
  const id = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, ID_LENGTH);
  const data: NoticeData = { node, alarm };
  return { id: `alarm_${id}`, type: `alarm.${kind}`, atMs, data };
}

/** The notice in a delivery that `noticeDelivery` made. Pure. */
export function noticeOf({ type, data }: Delivery): NoticeData & Pick<Notice, "kind"> {
  const kind = type.slice("alarm.".length) as Notice["kind"];
  return { ...(data as NoticeData), kind };
}
