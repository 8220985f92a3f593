/** What is connected and can be ended. */
interface Closable {
  close(): void;
}

/** A line that is opened when it is needed first: one for all who need it at once, and another one after one that could not be opened or was closed. */
export class LazyLine<Line extends Closable> {
  readonly #connect: () => Promise<Line>;
  #opening: Promise<Line> | undefined = undefined;

  constructor(connect: () => Promise<Line>) {
    this.#connect = connect;
  }

  /** Rejects with what connecting rejects with. */
  open(): Promise<Line> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#connect();
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  /** Ends it, also one that is being opened. */
  close(): void {
    // What could not be opened needs no closing.
    this.#opening?.then((line) => line.close()).catch(() => undefined);
    this.#opening = undefined;
  }
}
