import type { RedisLink } from "../redis/redis-link.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import { RedisInboxes } from "./redis-inboxes.ts";
import { RedisTopics } from "./redis-topics.ts";
import { StreamTransport } from "./stream-transport.ts";

/** What a transport over Redis is made of. */
export interface RedisTransportParts {
  readonly link: RedisLink;
  /** This node in this life; never used before. */
  readonly incarnation: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** See `StreamTransportParts`. */
  readonly adopts?: boolean;
}

/**
 * Connects a node to the others over Redis: one stream for each incarnation, and sharded channels. Open it before others learn of the incarnation, and close it
 * before the link. @throws Fault redisUnavailable, redisUnanswered
 */
export async function openRedisTransport(parts: RedisTransportParts): Promise<StreamTransport> {
  const { link, incarnation, clock, log, adopts = true } = parts;
  const inboxes = await RedisInboxes.connect(link, incarnation);
  try {
    const topics = await RedisTopics.connect(link, clock);
    return await StreamTransport.open({ incarnation, inboxes, topics, clock, log, adopts });
  } catch (error) {
    await inboxes.close();
    throw error;
  }
}
