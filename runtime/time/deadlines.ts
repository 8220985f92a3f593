import type { Cancel, Clock } from "./clock.ts";

/** Something that ends at a time unless it is cancelled first. Holds its own place in the list, so that neither costs a search. */
export abstract class Deadline {
  declare dueMs: number;
  /** The list this waits in; undefined when it does not wait. */
  declare queue: DelayClass | undefined;
  declare previous: Deadline | undefined;
  declare next: Deadline | undefined;

  // Assigned, because defining the fields of a class that many others extend takes V8 ten times as long: 10 µs for each.
  constructor() {
    this.dueMs = 0;
    this.queue = undefined;
    this.previous = undefined;
    this.next = undefined;
  }

  /** Called once, when the time is up; not after `cancel`. */
  abstract expire(): void;

  cancel(): void {
    this.queue?.remove(this);
  }
}

/**
 * Deadlines by the thousand on few platform timers. Those with the same delay fall due in the order in which they were
 * added, so each delay is a plain list: adding and cancelling cost O(1), and one timer a delay watches its head.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #classes = new Map<number, DelayClass>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets `deadline` expire `delayMs` from now; one that already waits is moved. @throws RangeError when the delay is no number */
  add(deadline: Deadline, delayMs: number): void {
    if (!Number.isFinite(delayMs)) {
      throw new RangeError(`a delay is a number of milliseconds, not ${delayMs}`);
    }
    deadline.cancel();
    const delay = Math.max(0, Math.ceil(delayMs));
    let list = this.#classes.get(delay);
    if (list === undefined) {
      this.#classes.set(delay, (list = new DelayClass(delay, this.#clock, this.#classes)));
    }
    list.append(deadline);
  }

  /** Forgets all that wait and releases every platform timer. */
  clear(): void {
    for (const list of this.#classes.values()) list.clear();
  }
}

/** The deadlines of one delay, soonest first. */
class DelayClass {
  readonly #delayMs: number;
  readonly #clock: Clock;
  readonly #classes: Map<number, DelayClass>;
  #head: Deadline | undefined = undefined;
  #tail: Deadline | undefined = undefined;
  #disarm: Cancel | undefined = undefined;

  constructor(delayMs: number, clock: Clock, classes: Map<number, DelayClass>) {
    this.#delayMs = delayMs;
    this.#clock = clock;
    this.#classes = classes;
  }

  append(deadline: Deadline): void {
    deadline.dueMs = this.#clock.nowMs() + this.#delayMs;
    deadline.queue = this;
    deadline.previous = this.#tail;
    if (this.#tail === undefined) this.#head = deadline;
    else this.#tail.next = deadline;
    this.#tail = deadline;
    this.#disarm ??= this.#clock.after(this.#delayMs, this.#onTimer);
  }

  remove(deadline: Deadline): void {
    const { previous, next } = deadline;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    deadline.queue = deadline.previous = deadline.next = undefined;
  }

  clear(): void {
    while (this.#head !== undefined) this.remove(this.#head);
    this.#retire();
  }

  // The timer stays armed when the head is cancelled: most deadlines are met, and re-arming for each would cost more.
  readonly #onTimer = (): void => {
    const nowMs = this.#clock.nowMs();
    try {
      while (this.#head !== undefined && this.#head.dueMs <= nowMs) {
        const due = this.#head;
        this.remove(due);
        due.expire();
      }
    } finally {
      // Armed last and for the head, whatever was added meanwhile.
      if (this.#head === undefined) this.#retire();
      else {
        this.#disarm = this.#clock.after(Math.max(1, Math.ceil(this.#head.dueMs - nowMs)), this.#onTimer);
      }
    }
  };

  #retire(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    if (this.#classes.get(this.#delayMs) === this) this.#classes.delete(this.#delayMs);
  }
}
