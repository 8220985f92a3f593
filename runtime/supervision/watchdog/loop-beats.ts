/** The longest block that can be asked for, in milliseconds. */
const EXPECTED_MAX_MS = 600_000;
/** The shared memory, as 32-bit integers. */
const BEATS = 0;
const EXCUSED_MS = 1;
const SLOTS = 2;

/**
 * Says that the event loop will stand still knowingly, for `maxMs` at most (10 minutes if more): nobody is blamed or
 * killed for it. Call what it answers when the work is done; it ends by itself after `maxMs`.
 */
export type ExpectBlock = (reason: string, maxMs: number) => () => void;

/** The signs of life of an event loop, in memory that another thread can read while the loop is blocked. */
export class LoopBeats {
  /** What the other thread builds its own view from. */
  readonly memory: SharedArrayBuffer;
  readonly #slots: Int32Array;
  readonly #onExpected: ExpectedListener;
  readonly #open = new Set<{ readonly maxMs: number }>();

  constructor({ memory, onExpected }: LoopBeatsOptions = {}) {
    this.memory = memory ?? new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT);
    this.#slots = new Int32Array(this.memory);
    this.#onExpected = onExpected ?? (() => {});
  }

  /** The loop has ticked. */
  beat(): void {
    Atomics.add(this.#slots, BEATS, 1);
  }

  get count(): number {
    return Atomics.load(this.#slots, BEATS);
  }

  /** How much longer than usual the loop may be silent. Read it before `count`: a block ends with a beat. */
  get excusedMs(): number {
    return Atomics.load(this.#slots, EXCUSED_MS);
  }

  readonly expect: ExpectBlock = (reason, maxMs) => {
    const expected = { maxMs: Math.min(maxMs, EXPECTED_MAX_MS) };
    this.#open.add(expected);
    this.#excuse();
    this.#onExpected(reason, expected.maxMs);
    const end = (): void => {
      clearTimeout(limit);
      // Before the excuse is gone: the silence so far was expected.
      this.beat();
      this.#open.delete(expected);
      this.#excuse();
    };
    const limit = setTimeout(end, expected.maxMs);
    limit.unref();
    return end;
  };

  #excuse(): void {
    Atomics.store(this.#slots, EXCUSED_MS, Math.max(0, ...[...this.#open].map(({ maxMs }) => maxMs)));
  }
}

/** Hears of a block before it begins. */
export type ExpectedListener = (reason: string, maxMs: number) => void;

interface LoopBeatsOptions {
  /** The memory of the thread that beats; new unless given. */
  readonly memory?: SharedArrayBuffer;
  readonly onExpected?: ExpectedListener;
}
