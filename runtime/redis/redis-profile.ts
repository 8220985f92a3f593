import type { ClusterOptions, RedisOptions } from "ioredis";
import { backoffMs } from "../time/backoff.ts";
import type { RedisTarget } from "./redis-url.ts";

/**
 * What a connection is for. One never waits behind another: a lease is not renewed behind a megabyte of records, and a blocking
 * read holds up nobody.
 */
export type RedisPurpose = "control" | "commands" | "replicated" | "reader" | "subscriber" | "exclusive";

/** Certificates and keys of an encrypted connection, as PEM texts. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate is for, when it is not the host. */
  readonly servername?: string;
}

/** Which connection to make. */
export interface ConnectionWish {
  readonly target: RedisTarget;
  readonly tls?: RedisTls;
  readonly purpose: RedisPurpose;
  /** Shown by CLIENT LIST. */
  readonly name: string;
}

/** Answers look alike in all versions of Redis. */
type OneShape = RedisOptions & { replyMapping: "legacy" };

/** How long a command may go without an answer; then the connection counts as dead and is made anew. */
export const ANSWER_WITHIN_MS: Readonly<Record<RedisPurpose, number>> = {
  control: 1000,
  commands: 5000,
  replicated: 5000,
  reader: 8000,
  subscriber: 3000,
  exclusive: 5000,
};

const CONNECT_WITHIN_MS = 2000;
const RECONNECT = { minMs: 50, maxMs: 1000, jitter: 0.5 };
/** How long a connection that is given up may still bring answers. */
const LAST_ANSWERS_MS = 100;
const KEEP_ALIVE_MS = 5000;
const LOADING_RETRY_MS = 1000;
/** What a server says whose role has changed beneath the connection. */
const ROLE_CHANGED = /^(READONLY|UNBLOCKED)/;

/**
 * The options of a connection to one server, or to the primary that Sentinels name.
 *
 * A write is never sent twice: what has no answer when a connection ends is refused at once (`maxRetriesPerRequest` 0, which
 * `autoResendUnfulfilledCommands: false` alone would leave waiting for ever), and nothing waits for a connection.
 */
export function redisOptions(wish: ConnectionWish): OneShape {
  return {
    ...placeOf(wish),
    ...sharedOptions(wish),
    db: wish.target.database,
    enableOfflineQueue: false,
    retryStrategy: reconnectAfterMs,
  };
}

/** The options of connections to a Redis Cluster. What was sent to a node that is lost is not sent to another one (`retryDelayOnFailover` 0). */
export function clusterOptions(wish: ConnectionWish): ClusterOptions & { redisOptions: OneShape } {
  return {
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectAfterMs,
    retryDelayOnFailover: 0,
    shardedSubscribers: wish.purpose === "subscriber",
    redisOptions: sharedOptions(wish),
  };
}

function sharedOptions({ target, tls, purpose, name }: ConnectionWish): OneShape {
  const answerWithinMs = ANSWER_WITHIN_MS[purpose];
  return {
    ...accessOf(target),
    ...(target.isEncrypted ? { tls: { ...tls } } : {}),
    connectionName: `banyan:${name.replaceAll(/[^\w.:/-]/g, "_")}:${purpose}`,
    connectTimeout: CONNECT_WITHIN_MS,
    disconnectTimeout: LAST_ANSWERS_MS,
    keepAlive: KEEP_ALIVE_MS,
    maxLoadingRetryTime: LOADING_RETRY_MS,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Its resubscribing leaves rejections that nobody handles; `RedisSubscriber` does it.
    autoResubscribe: false,
    protocol: 2,
    replyMapping: "legacy",
    reconnectOnError: (error) => ROLE_CHANGED.test(error.message),
    // A reader's command may block for long; what must not be silent for long is its socket.
    ...(purpose === "reader" ? { socketTimeout: answerWithinMs } : { commandTimeout: answerWithinMs }),
  };
}

function placeOf({ target, tls }: ConnectionWish): RedisOptions {
  const [first] = target.hosts;
  if (target.path !== undefined) return { path: target.path };
  if (target.kind !== "sentinel") return { ...first };
  return {
    sentinels: target.hosts.map((host) => ({ ...host })),
    name: target.masterName,
    sentinelUsername: target.sentinelUsername,
    sentinelPassword: target.sentinelPassword,
    sentinelCommandTimeout: CONNECT_WITHIN_MS,
    sentinelRetryStrategy: reconnectAfterMs,
    enableTLSForSentinelMode: target.isEncrypted,
    ...(target.isEncrypted ? { sentinelTLS: { ...tls } } : {}),
    // A Sentinel tells of a failover before the old primary is gone.
    failoverDetector: true,
  };
}

function accessOf({ username, password }: RedisTarget): RedisOptions {
  return { username, password };
}

/** `times` counts from 1. */
function reconnectAfterMs(times: number): number {
  return backoffMs(RECONNECT, times - 1, Math.random());
}
