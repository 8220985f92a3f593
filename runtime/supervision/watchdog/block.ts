/** An event loop that did not tick: which actor held it, on which message, and where in the code. */
export interface Block {
  readonly atMs: number;
  readonly pid: number;
  /** How long the loop had been silent when it was named, in milliseconds. */
  readonly namedAfterMs: number;
  /** The actor whose handler was on the stack; undefined when none was, as in a storm of microtasks. */
  readonly flight: Flight | undefined;
  /** The JavaScript stack, innermost first: `function (file:line)`. */
  readonly stack: readonly string[];
  /** Whether the process was killed because of it. */
  readonly isFatal: boolean;
}

/** What an actor was doing, told from outside while it does it. */
export interface Flight {
  readonly path: string;
  readonly type: string;
  readonly kind: string;
  /** The message as JSON, when it has such a form and is not too long. */
  readonly message: string | undefined;
}

/** What the watchdog thread is told at its start. */
export interface WatchdogOrders {
  /** Its first element counts the ticks of the loop. */
  readonly beats: SharedArrayBuffer;
  readonly pid: number;
  /** The loop is named when it has been silent for so long. */
  readonly blockedAfterMs: number;
  /** The process is killed when it has been silent for so long; 0 means never. */
  readonly killAfterMs: number;
  /** Where a block is written, a JSON object a line: it has to survive the process. */
  readonly recordPath: string;
}
