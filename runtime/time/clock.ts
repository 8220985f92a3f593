/** Cancels what was scheduled; harmless when it has already run. */
export type Cancel = () => void;

/** Time as the runtime sees it: real in production, passed by hand in tests. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  nowMs(): number;
  /** Milliseconds since 1970 as people read them; may jump. */
  wallMs(): number;
  /** Runs `task` once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Cancel;
}
