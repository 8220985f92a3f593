/** A stop that is asked for at most once, and what waits for its end. */
export class Stopping {
  /** Resolves with the reason when somebody asks. */
  readonly asked: Promise<string>;
  readonly #done: Promise<void>;
  #ask: (reason: string) => void = () => undefined;
  #finish: () => void = () => undefined;

  constructor() {
    this.asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
    this.#done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Asks for the stop; resolves when it is over. */
  ask(reason: string): Promise<void> {
    this.#ask(reason);
    return this.#done;
  }

  finish(): void {
    this.#finish();
  }
}
