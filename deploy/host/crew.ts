import type { HostSettings } from "../../protocols/host-settings.ts";
import type { EndedWorker } from "../../protocols/host.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import type { Clock } from "../../runtime/time/clock.ts";
import type { Onlooker } from "./control/starter.ts";
import type { RecentEnds } from "./end/recent-ends.ts";
import { HireFailed } from "./hire-failed.ts";
import { WorkerCare } from "./worker/worker-care.ts";
import type { Milestone } from "./worker/worker-milestones.ts";
import type { WorkerPlace } from "./worker/worker-place.ts";
import type { WorkerProcess } from "./worker/worker-process.ts";

/** How much longer than its own limit a stopping worker is waited for before it is killed, in milliseconds. */
const STOP_GRACE_MS = 2_000;

/** What a crew works with. */
export interface CrewParts {
  /** Of the worker; while it is being replaced its successor has the same one. */
  readonly number: number;
  readonly recent: RecentEnds;
  readonly settings: HostSettings;
  readonly stopWithinMs: number;
  readonly log: Logger;
  /** For whom the first worker says where it is. */
  readonly onlooker: Onlooker;
  /** Stands still while the host cannot act. */
  readonly clock: Clock;
  /** Starts the process of a worker. */
  readonly spawn: (place: WorkerPlace) => WorkerProcess;
}

/** The workers of one number that live, mostly one: hires them, brings them to serve, looks after them, and knows how the latest of them ended. */
export class Crew {
  readonly #parts: CrewParts;
  readonly #care = new Map<WorkerProcess, WorkerCare>();

  constructor(parts: CrewParts) {
    this.#parts = parts;
  }

  get number(): number {
    return this.#parts.number;
  }

  get recent(): RecentEnds {
    return this.#parts.recent;
  }

  /** All that live, also one that is only starting. */
  get workers(): readonly WorkerProcess[] {
    return [...this.#care.keys()];
  }

  careOf(worker: WorkerProcess): WorkerCare | undefined {
    return this.#care.get(worker);
  }

  /** Starts a worker. */
  hire(): WorkerProcess {
    const { number, spawn, settings, clock, log } = this.#parts;
    const worker = spawn({ number, isSuccessor: this.#care.size > 0 });
    const { pid } = worker;
    const onSilent = (silentMs: number): void => {
      log.error("worker.silent", { worker: number, pid, silentMs: Math.round(silentMs) });
      worker.kill("killSilent");
    };
    const care = new WorkerCare({ worker, settings, clock, onSilent });
    this.#care.set(worker, care);
    // One that never says its first word is not prepared in time, which is told elsewhere.
    worker.milestones.until("hello", settings.readyWithinMs, clock).then(
      () => care.start(),
      () => undefined,
    );
    log.info("worker.started", { worker: number, pid });
    return worker;
  }

  /** Waits until a worker could serve. @throws HireFailed after the worker's end */
  prepared(worker: WorkerProcess): Promise<void> {
    return this.#reached(worker, "prepared");
  }

  /** Has a prepared worker open its doors. @throws HireFailed after the worker's end */
  open(worker: WorkerProcess, isFirst: boolean): Promise<void> {
    const { onlooker } = this.#parts;
    const isTerminal = onlooker === "terminal";
    worker.send({ kind: "serve", isFirst: isFirst && onlooker !== "none", isTerminal });
    return this.#reached(worker, "serving");
  }

  /** Has a worker stop in order, and answers how it has ended. One that takes too long is killed. */
  async stop(worker: WorkerProcess, signal?: string): Promise<EndedWorker> {
    const { clock, stopWithinMs } = this.#parts;
    worker.stop(stopWithinMs, signal);
    const cancel = clock.after(stopWithinMs + STOP_GRACE_MS, () => worker.kill("killLate"));
    const end = await worker.ended;
    cancel();
    return end;
  }

  /** A worker has ended, for whatever reason. */
  ended(worker: WorkerProcess, end: EndedWorker): void {
    this.#care.get(worker)?.end();
    this.#care.delete(worker);
    this.recent.addEnded(end);
    const { log } = this.#parts;
    const { number, pid, kind, text, advice, lifeMs } = end;
    if (kind === "expected") log.info("worker.ended", { worker: number, pid, lifeMs, text });
    else log.error("worker.died", { worker: number, pid, lifeMs, cause: kind, text, advice });
  }

  /** @throws HireFailed after the worker's end */
  async #reached(worker: WorkerProcess, milestone: Milestone): Promise<void> {
    const { settings, clock } = this.#parts;
    try {
      await worker.milestones.until(milestone, settings.readyWithinMs, clock);
    } catch (error) {
      worker.kill("killUnready");
      await worker.ended;
      throw new HireFailed(worker, error as Error);
    }
  }
}
