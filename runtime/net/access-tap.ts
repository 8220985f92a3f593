/** One thing that the gateway has answered: a request, a call, or a connection that is over. */
export interface AccessRecord {
  readonly kind: "http" | "webSocket" | "tcp" | "call";
  readonly listener: string;
  readonly method: string;
  /** What was declared, never what was asked for: there is no end to that. */
  readonly route: string;
  /** What was asked for, without what stood behind the `?`: that may hold secrets. */
  readonly path: string;
  /** As HTTP counts them. */
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  /** Where the client sits. */
  readonly address: string;
  /** What the client says it is; empty when it says nothing. */
  readonly agent: string;
}

/** For a gateway that lets somebody know of everything that it answers. It costs nothing as long as nobody listens. */
export class AccessTap {
  #listen: ((record: AccessRecord) => void) | undefined = undefined;

  /** Whether a record is worth making. */
  get isOpen(): boolean {
    return this.#listen !== undefined;
  }

  add(record: AccessRecord): void {
    this.#listen?.(record);
  }

  /** Tells one listener of everything from now on; without one, nobody. It is called on the path of each answer: it must neither throw nor wait. */
  open(listen: ((record: AccessRecord) => void) | undefined): void {
    this.#listen = listen;
  }
}
