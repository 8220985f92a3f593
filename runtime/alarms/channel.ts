import type { AlarmChannel } from "../../protocols/alarm-settings.ts";
import type { Transport } from "../webhooks/delivery.ts";
import { Webhook } from "../webhooks/webhook.ts";
import { Mail } from "./mail.ts";
import { DINGTALK, FEISHU, WECOM } from "./robot-kinds.ts";
import { Robot } from "./robot.ts";
import { Sms } from "./sms.ts";

/** What the channels of a node share. */
export interface ChannelParts {
  readonly wallMs: () => number;
  readonly timeoutMs: number;
}

/** How a channel of the settings is reached. What its kind needs, the check of the settings has seen to. */
export function channelTransport(channel: AlarmChannel, { wallMs, timeoutMs }: ChannelParts): Transport {
  const { url = "", secret } = channel;
  switch (channel.kind) {
    case "webhook":
      return new Webhook({ url, secret }, wallMs);
    case "dingtalk":
      return new Robot(DINGTALK, { url, secret }, wallMs);
    case "wecom":
      return new Robot(WECOM, { url, secret }, wallMs);
    case "feishu":
      return new Robot(FEISHU, { url, secret }, wallMs);
    case "sms":
      return smsOf(channel, wallMs);
    case "mail":
      return mailOf(channel, timeoutMs);
  }
}

function smsOf(channel: AlarmChannel, wallMs: () => number): Sms {
  const { url = "", method = "POST", headers = [], body, to = [], accepted } = channel;
  return new Sms(
    { url, method, headers: Object.fromEntries(headers.map(headerOf)), body, to, accepted },
    wallMs,
  );
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function mailOf(channel: AlarmChannel, timeoutMs: number): Mail {
  const { host = "", port, security = "starttls", user, password, from = "", to = [] } = channel;
  return new Mail({ host, port, security, user, password, from, to, timeoutMs });
}
