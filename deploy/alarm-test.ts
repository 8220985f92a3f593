import { randomUUID } from "node:crypto";
import type { Attempt } from "../protocols/endpoint.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import { channelTransport } from "../runtime/alarms/channel.ts";
import { noticeDelivery } from "../runtime/alarms/notice-delivery.ts";
import type { Delivery } from "../runtime/webhooks/delivery.ts";
import { Refusal } from "./refusal.ts";

/** What a channel said to a test. */
export interface TestedChannel {
  readonly name: string;
  readonly kind: string;
  readonly attempt: Attempt;
}

/** Sends one test through each channel of the settings, or through one, once and from this process. @throws Refusal when there is none */
export async function testChannels(
  { name: node, alarms }: NodeSettings,
  wanted: string | undefined,
): Promise<TestedChannel[]> {
  const { channels, timeoutMs } = alarms;
  const chosen = channels.filter(({ name }) => wanted === undefined || name === wanted);
  if (chosen.length === 0) {
    const known = channels.map(({ name }) => name).join(", ");
    const text =
      wanted === undefined ? "there is no channel besides the log" : `no channel is called ${wanted}`;
    throw new Refusal("settings", `${text}; alarms.channels has ${known || "none"}`);
  }
  const delivery = testDelivery(node, Date.now());
  return Promise.all(
    chosen.map(async (channel) => {
      const transport = channelTransport(channel, { wallMs: () => Date.now(), timeoutMs });
      const attempt = await transport.send(delivery, AbortSignal.timeout(timeoutMs));
      return { name: channel.name, kind: channel.kind, attempt };
    }),
  );
}

function testDelivery(node: string, nowMs: number): Delivery {
  const alarm = {
    key: `test.${randomUUID()}`,
    severity: "notice",
    summary: "this is a test of the alarm channels; nothing is wrong",
    details: {},
    firstAtMs: nowMs,
    lastAtMs: nowMs,
    count: 1,
    state: "active",
    escalations: 0,
    isFlapping: false,
  } as const;
  return noticeDelivery(node, { kind: "raised", alarm, channels: [] }, nowMs);
}
