/** An event loop that did not tick: which actor held it, on which message, and where in the code. */
export interface Block extends Finding {
  readonly atMs: number;
  readonly pid: number;
  /** How long the loop had been silent when it was named, in milliseconds. */
  readonly namedAfterMs: number;
  /** Whether the process was killed because of it. */
  readonly isFatal: boolean;
}

/** What a thread was found doing that does not get back to its event loop. */
export interface Finding {
  /**
   * Whether one call holds the loop, or a storm of microtasks: each of them is short, and the next one always comes
   * before timers and I/O do.
   */
  readonly kind: "held" | "storm";
  /** The actor whose handler was on the stack; undefined when none was, as in a storm. */
  readonly flight: Flight | undefined;
  /** The frame of the program's own code that holds the loop: `function (file:line)`. */
  readonly at: string;
  /** The JavaScript stack that shows it, innermost first. */
  readonly stack: readonly string[];
  /** Where each sample was, as `at` is: a storm is seen in more than one place. */
  readonly seenAt: readonly string[];
}

/** What an actor was doing, told from outside while it does it. */
export interface Flight {
  readonly path: string;
  readonly type: string;
  readonly kind: string;
  /** The message as JSON, when that says all of it and is not too long. */
  readonly message: string | undefined;
}

/**
 * The name of the method by which whatever handles messages tells the watchdog about its open turn. The watchdog looks
 * for it on every `this` of a blocked stack; being a registered symbol, it can be asked for from another thread.
 */
export const FLIGHT: unique symbol = Symbol.for("banyan.flight");

/** What can be asked for its open turn while it blocks the loop. */
export interface InFlight {
  /** The `Flight` as JSON. */
  [FLIGHT](): string;
}

/** What the watchdog thread is told at its start. */
export interface WatchdogOrders {
  /** The memory of the watched loop's `LoopBeats`. */
  readonly beats: SharedArrayBuffer;
  readonly pid: number;
  /** The loop is named when it has been silent for so long. */
  readonly blockedAfterMs: number;
  /** The process is killed when it has been silent for so long; 0 means never. */
  readonly killAfterMs: number;
  /** Where a block is written, a JSON object a line: it has to survive the process. */
  readonly recordPath: string;
}
