import type { AlarmChannel, AlarmSettings } from "../../protocols/alarm-settings.ts";
import type { EndpointRules } from "../webhooks/endpoint.ts";

/** Messages that may wait for one channel; the next one is refused. */
export const CHANNEL_QUEUE_MAX = 1_000;

const BACKOFF = { minMs: 1_000, maxMs: 300_000, jitter: 0.5 } as const;
/** More than the age of a message ever allows: age is what ends the tries. */
const ATTEMPTS_MAX = 1_000;
const SECONDS_PER_MINUTE = 60;
/** Robots are silenced beyond 20 a minute. */
const ROBOT_PER_MINUTE = 18;
const PER_MINUTE = 60;
const ROBOTS: readonly string[] = ["dingtalk", "wecom", "feishu"];
/** The share of a minute's messages that may go out at once. */
const BURST_SHARE = 0.25;

/** How a channel is spoken to: how fast, how long, how often again. Pure. */
export function channelRules(
  { timeoutMs, retryForMs }: Pick<AlarmSettings, "timeoutMs" | "retryForMs">,
  channel: Pick<AlarmChannel, "kind" | "perMinute">,
): EndpointRules {
  return {
    timeoutMs,
    backoff: BACKOFF,
    attemptsMax: ATTEMPTS_MAX,
    ageMaxMs: retryForMs,
    retryAfterMaxMs: retryForMs,
    rate: rateOf(channel.perMinute ?? (ROBOTS.includes(channel.kind) ? ROBOT_PER_MINUTE : PER_MINUTE)),
  };
}

/** Burst and steady rate together never exceed `perMinute` in any minute, where that is more than 1. */
function rateOf(perMinute: number): NonNullable<EndpointRules["rate"]> {
  const burst = Math.max(1, Math.floor(perMinute * BURST_SHARE));
  return { burst, messagesPerSecond: Math.max(1, perMinute - burst) / SECONDS_PER_MINUTE };
}
