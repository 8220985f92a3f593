import type { Clock } from "../time/clock.ts";

/** The time as the service has it: ours, moved by what its answers have taught. Shared by all clients of one endpoint. */
export class ServerClock {
  readonly #clock: Pick<Clock, "wallMs">;
  #offsetMs = 0;

  constructor(clock: Pick<Clock, "wallMs">) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.wallMs() + this.#offsetMs;
  }

  /** How far the service's clock is ahead of ours, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Takes the time from the header `Date` of an answer; false when there is none that can be read. */
  learn(date: string | undefined): boolean {
    const serverMs = Date.parse(date ?? "");
    if (Number.isNaN(serverMs)) return false;
    this.#offsetMs = serverMs - this.#clock.wallMs();
    return true;
  }
}
