import type { Cancel, Clock } from "../../runtime/time/clock.ts";

/** A delay that can be cut short from elsewhere. */
export class Delay {
  readonly #clock: Clock;
  #end: Cancel = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  for(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(delayMs, resolve);
      this.#end = () => {
        cancel();
        resolve();
      };
    });
  }

  cut(): void {
    this.#end();
  }
}
