/** What a call is, for whoever wants it to fail. */
export type CallName =
  | "project"
  | "logstore"
  | "put"
  | "listShards"
  | "changeShard"
  | "cursor"
  | "cursorTime"
  | "pull"
  | "group"
  | "heartbeat"
  | "commit"
  | "checkpoints";

/** What goes wrong with an answer. */
export type FaultKind =
  | { readonly kind: "hang" }
  /** Half of the answer, then nothing. */
  | { readonly kind: "stall" }
  /** One byte at a time, without end for practical purposes. */
  | { readonly kind: "drip"; readonly everyMs: number }
  | { readonly kind: "reset" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "error"; readonly status: number; readonly code: string; readonly message?: string }
  /** The call is carried out, and then its answer is lost. */
  | { readonly kind: "lostAnswer" }
  | { readonly kind: "wrongSize" }
  | { readonly kind: "wrongCount" }
  /** The packed body ends too early, and its length fits. */
  | { readonly kind: "truncate" };

/** Which calls shall fail, and how often. */
export interface FaultWish {
  readonly call?: CallName | undefined;
  readonly shard?: number | undefined;
  /** Once unless given. */
  readonly times?: number | undefined;
}

export type Fault = FaultKind & FaultWish;

interface Ordered {
  readonly fault: Fault;
  left: number;
}

/** The faults that were ordered. The first that fits a call is used up by it. */
export class Faults {
  readonly #ordered: Ordered[] = [];

  add(fault: Fault): void {
    this.#ordered.push({ fault, left: fault.times ?? 1 });
  }

  /** The service is well again. */
  clear(): void {
    this.#ordered.length = 0;
  }

  /** What shall go wrong with a call; mostly nothing. */
  take(call: CallName, shard: number | undefined): Fault | undefined {
    const found = this.#ordered.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.call === undefined || fault.call === call) &&
        (fault.shard === undefined || fault.shard === shard),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.fault;
  }
}
