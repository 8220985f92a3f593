import type { AlarmSettings } from "../../protocols/alarm-settings.ts";
import { LOG_CHANNEL } from "../../protocols/alarm-settings.ts";
import { CHANNEL_QUEUE_MAX, channelRules } from "../../runtime/alarms/channel-rules.ts";
import { channelTransport } from "../../runtime/alarms/channel.ts";
import { LogChannel } from "../../runtime/alarms/log-channel.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import { EndpointAccount } from "../../runtime/webhooks/endpoint-account.ts";
import type { EndpointArgs } from "../../runtime/webhooks/endpoint.ts";
import { MemoryOutbox } from "../../runtime/webhooks/memory-outbox.ts";

/** A way to reach people, ready to be started as an endpoint; queue and account outlast its lives. */
export interface AlarmChannelPart extends EndpointArgs {
  readonly name: string;
  readonly kind: string;
}

/** Every channel of the settings, and the log. */
export function alarmChannels(
  settings: AlarmSettings,
  parts: { readonly log: Logger; readonly wallMs: () => number },
): AlarmChannelPart[] {
  const queue = () => ({ outbox: new MemoryOutbox(CHANNEL_QUEUE_MAX), account: new EndpointAccount() });
  const { rate: _unlimited, ...logRules } = channelRules(settings, { kind: "webhook" });
  const log = { name: LOG_CHANNEL, kind: LOG_CHANNEL, transport: new LogChannel(parts.log), rules: logRules };
  const others = settings.channels.map((channel) => ({
    name: channel.name,
    kind: channel.kind,
    transport: channelTransport(channel, { wallMs: parts.wallMs, timeoutMs: settings.timeoutMs }),
    rules: channelRules(settings, channel),
  }));
  return [log, ...others].map((channel) => ({ ...channel, ...queue() }));
}
