import { Fault } from "../fault.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { Crowd } from "./crowd.ts";

/** Waiting for the commit: more than this, and the writer is told to come again. */
const WAITING_BYTES_MAX = 67_108_864;
/** With more, those who can wait do not decide anything new; so the limit above is for those who cannot. */
const CROWDED_BYTES = 50_331_648;
/** So much goes into one transaction; the event loop is held for that long. */
const BATCH_BYTES_MAX = 1_048_576;
const BATCH_OPERATIONS_MAX = 1_024;
/** While more waits, so much is committed before a flush: a flush costs the same for one as for many. */
const FLUSH_OPERATIONS_MAX = 4_096;
/** What was acknowledged before it was flushed is flushed this soon. */
export const FLUSH_WITHIN_MS = 1_000;

/** Something to be committed, in the order in which it was submitted. */
export interface Operation {
  /** About how much it takes, for the limits. */
  readonly sizeBytes: number;
  /** Whether its answer waits until the disk has it, and not only the operating system. */
  readonly awaitsFlush: boolean;
}

/** Where batches go. */
export interface CommitTarget<Op extends Operation, Answer> {
  /** Writes all of it in one transaction, and answers one by one; throws when nothing was written. */
  commit(batch: readonly Op[]): readonly Answer[];
  /** Resolves when everything committed before is on the disk. */
  flush(): Promise<void>;
  /** A flush has failed: nobody knows what the disk holds, and nothing is taken any more. */
  onBroken?(fault: Fault): void;
}

interface Waiting<Op, Answer> {
  readonly operation: Op;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what is submitted in one turn of the event loop, or while the disk is busy with what came before, is
 * committed in one transaction and flushed once.
 */
export class CommitQueue<Op extends Operation, Answer> {
  readonly #target: CommitTarget<Op, Answer>;
  readonly #clock: Clock;
  #waiting: Waiting<Op, Answer>[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #lateFlush: Cancel | undefined;
  /** What flushes uses the store on a thread: it may not be closed meanwhile. */
  readonly #flushing = new Set<Promise<void>>();
  #broken: Fault | undefined;
  #crowd: Crowd | undefined = undefined;

  constructor(target: CommitTarget<Op, Answer>, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  /** Set while so much waits that nobody should decide anything new; resolves when that is over. */
  get whenFree(): Promise<void> | undefined {
    return this.#crowd?.isOver;
  }

  /** Resolves with the answer of the transaction, at once or after the flush. @throws Fault journalBusy when too much waits, at once */
  submit(operation: Op): Promise<Answer> {
    // Nobody knows what the disk holds after a flush that failed: only opening the journal again can tell.
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#waitingBytes + operation.sizeBytes > WAITING_BYTES_MAX) {
      throw new Fault("journalBusy", { waitingBytes: this.#waitingBytes, limit: WAITING_BYTES_MAX });
    }
    this.#waitingBytes += operation.sizeBytes;
    if (this.#waitingBytes > CROWDED_BYTES) this.#crowd ??= new Crowd();
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ operation, resolve, reject });
    });
    this.#running ??= this.#run();
    return answer;
  }

  /** Resolves when nothing waits any more, and everything is on the disk. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#lateFlush !== undefined) void this.#flush();
    await Promise.all(this.#flushing);
  }

  async #run(): Promise<void> {
    await endOfTurn();
    while (this.#waiting.length > 0) {
      const unflushed: Settle[] = [];
      do {
        unflushed.push(...this.#commit(this.#take()));
        await endOfTurn();
      } while (this.#waiting.length > 0 && unflushed.length < FLUSH_OPERATIONS_MAX);
      if (unflushed.length > 0) await this.#flushThen(unflushed);
    }
    this.#running = undefined;
  }

  #take(): readonly Waiting<Op, Answer>[] {
    let bytes = 0;
    let count = 0;
    for (const { operation } of this.#waiting) {
      if (count === BATCH_OPERATIONS_MAX || bytes >= BATCH_BYTES_MAX) break;
      bytes += operation.sizeBytes;
      count += 1;
    }
    this.#left(bytes);
    return this.#waiting.splice(0, count);
  }

  #left(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (this.#waitingBytes > CROWDED_BYTES) return;
    this.#crowd?.end();
    this.#crowd = undefined;
  }

  /** Answers those that need not wait for the flush; returns how to answer the others. */
  #commit(batch: readonly Waiting<Op, Answer>[]): readonly Settle[] {
    try {
      const answers = this.#target.commit(batch.map(({ operation }) => operation));
      const unflushed: Settle[] = [];
      answers.forEach((answer, index) => {
        const { operation, resolve, reject } = batch[index] as Waiting<Op, Answer>;
        if (operation.awaitsFlush) unflushed.push({ done: () => resolve(answer), failed: reject });
        else resolve(answer);
      });
      this.#lateFlush ??= this.#clock.after(FLUSH_WITHIN_MS, () => void this.#flush());
      return unflushed;
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return [];
    }
  }

  async #flushThen(unflushed: readonly Settle[]): Promise<void> {
    await this.#flush();
    for (const { done, failed } of unflushed) {
      if (this.#broken === undefined) done();
      else failed(this.#broken);
    }
  }

  #flush(): Promise<void> {
    this.#lateFlush?.();
    this.#lateFlush = undefined;
    const flushed = this.#flushNow().finally(() => this.#flushing.delete(flushed));
    this.#flushing.add(flushed);
    return flushed;
  }

  async #flushNow(): Promise<void> {
    try {
      await this.#target.flush();
    } catch (error) {
      if (this.#broken !== undefined) return;
      const broken = (this.#broken = new Fault(
        "journalUnavailable",
        { why: "a flush failed" },
        { cause: error },
      ));
      for (const { reject } of this.#waiting.splice(0)) reject(broken);
      this.#left(this.#waitingBytes);
      this.#target.onBroken?.(broken);
    }
  }
}

interface Settle {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
