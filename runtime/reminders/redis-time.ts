import { passOverFault } from "../fault.ts";
import type { RedisCommands } from "../redis/redis-connection.ts";
import type { Cancel, Clock } from "../time/clock.ts";

/** How often the clock of Redis is read, in milliseconds. */
const READ_EVERY_MS = 5_000;
/** An answer that took longer says too little about when it was given. */
const ROUND_TRIP_MAX_MS = 1_000;

/**
 * What the time is on the clock of Redis, which all nodes of a cluster share: so that it does not matter which node has set a reminder, and which one wakes for it, nor
 * what somebody does to the clock of a machine.
 */
export class RedisTime {
  readonly #redis: RedisCommands;
  readonly #clock: Clock;
  #aheadMs: number | undefined = undefined;
  #stop: Cancel = () => undefined;
  #isClosed = false;

  private constructor(redis: RedisCommands, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  /** Reads the clock, and again and again from then on. @throws Fault of Redis */
  static async open(redis: RedisCommands, clock: Clock): Promise<RedisTime> {
    const time = new RedisTime(redis, clock);
    await time.#read();
    time.#again();
    return time;
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.#aheadMs === undefined ? this.#clock.wallMs() : this.#clock.nowMs() + this.#aheadMs;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #again(): void {
    if (this.#isClosed) return;
    this.#stop = this.#clock.after(READ_EVERY_MS, () => {
      // Redis is away: the monotonic clock goes on from what was read last.
      void this.#read()
        .catch(passOverFault)
        .then(() => this.#again());
    });
  }

  async #read(): Promise<void> {
    const askedMs = this.#clock.nowMs();
    const [seconds, micros] = (await this.#redis.command("time")) as readonly [string, string];
    const answeredMs = this.#clock.nowMs();
    if (answeredMs - askedMs > ROUND_TRIP_MAX_MS) return;
    this.#aheadMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - (askedMs + answeredMs) / 2;
  }
}
