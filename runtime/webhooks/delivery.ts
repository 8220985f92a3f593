import type { Attempt } from "../../protocols/endpoint.ts";

/** Something that a receiver outside is told, at least once and in order. Plain data, never changed once it is given away. */
export interface Delivery {
  /** The same at each try: by it the receiver knows what it has seen. */
  readonly id: string;
  /** What happened: `alarm.raised`. */
  readonly type: string;
  /** When it happened, in milliseconds since 1970. */
  readonly atMs: number;
  readonly data: unknown;
}

/** How deliveries reach one receiver: a webhook, a robot, a mail server. */
export interface Transport {
  /** Tries once. Rejects only for a bug; whatever a receiver or a network does is an attempt. */
  send(delivery: Delivery, signal: AbortSignal): Promise<Attempt>;
}
