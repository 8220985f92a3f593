import type { EndedWorker } from "../../../protocols/host.ts";
import type { Clock } from "../../../runtime/time/clock.ts";

/** What every worker comes to, one after the other, unless something goes wrong. */
export type Milestone = "hello" | "prepared" | "serving" | "handedOver";

/** A worker did not come to where it was expected: it ended on the way, or took too long. */
export class WorkerFailed extends Error {
  override readonly name = "WorkerFailed";
  readonly end: EndedWorker | undefined;

  constructor(message: string, end?: EndedWorker) {
    super(message);
    this.end = end;
  }
}

/** The way of one worker, to wait for. */
export class Milestones {
  readonly #reached = new Set<Milestone>();
  readonly #waiting = new Set<() => void>();
  #end: EndedWorker | undefined = undefined;

  reach(milestone: Milestone): void {
    this.#reached.add(milestone);
    this.#tellAll();
  }

  /** The worker is gone and reaches nothing more. */
  end(end: EndedWorker): void {
    this.#end = end;
    this.#tellAll();
  }

  /** Resolves when the worker has come so far. @throws WorkerFailed when it has ended before, or not come so far in time */
  until(milestone: Milestone, withinMs: number, clock: Clock): Promise<void> {
    return new Promise((resolve, reject) => {
      const endMs = clock.nowMs() + withinMs;
      let cancel = (): void => undefined;
      const finish = (settle: () => void): void => {
        cancel();
        this.#waiting.delete(look);
        settle();
      };
      const look = (): void => {
        const end = this.#end;
        if (this.#reached.has(milestone)) finish(resolve);
        else if (end !== undefined) finish(() => reject(new WorkerFailed(end.text, end)));
      };
      const wait = (): void => {
        const leftMs = endMs - clock.nowMs();
        if (leftMs > 0) cancel = clock.after(leftMs, wait);
        else finish(() => reject(new WorkerFailed(`was not ${milestone} within ${withinMs} ms`)));
      };
      this.#waiting.add(look);
      wait();
      look();
    });
  }

  #tellAll(): void {
    for (const look of this.#waiting) look();
  }
}
