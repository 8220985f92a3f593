import type { HostSettings } from "../../protocols/host-settings.ts";
import type { EndedWorker, HostActivity, HostAnswer, WorkerUrls } from "../../protocols/host.ts";
import type { RestartHistory } from "../../runtime/supervision/restart-budget.ts";
import type { LogFields, Logger } from "../../runtime/telemetry/logger.ts";
import type { Clock } from "../../runtime/time/clock.ts";
import type { Crew } from "./crew.ts";
import { Delay } from "./delay.ts";
import { handOver } from "./hand-over.ts";
import { HireFailed } from "./hire-failed.ts";
import type { ListeningHandles } from "./ports/listening-handles.ts";
import { planRestart } from "./restart-plan.ts";
import type { Recycling } from "./wear/recycle-rule.ts";
import type { WorkerProcess } from "./worker/worker-process.ts";

/** What the succession of workers needs. */
export interface SuccessionParts {
  readonly crew: Crew;
  readonly settings: HostSettings;
  readonly log: Logger;
  /** Stands still while the host cannot act. */
  readonly clock: Clock;
  /** Closes the ports that the worker which serves now does not want. */
  readonly handles: Pick<ListeningHandles, "keepOnly">;
  /** A worker serves; called again when another one has taken over. Must not throw: nothing undoes that the worker serves. */
  readonly onServing: (urls: WorkerUrls, pid: number, worker: WorkerProcess) => void;
}

/** Tells what happens on the way to the end of a command. */
type Say = (text: string) => void;
/** How the worker that serves makes room for the next one, and what that is called. */
interface Change {
  readonly doing: "reloading" | "restarting";
  readonly events: (typeof EVENTS)[keyof typeof EVENTS];
  readonly counter: "reloads" | "restarts";
  readonly makeRoom: (from: WorkerProcess, to: WorkerProcess) => Promise<void>;
}

const EVENTS = {
  reload: {
    begun: (log: Logger, fields: LogFields) => log.info("reload.begun", fields),
    done: (log: Logger, fields: LogFields) => log.info("reload.done", fields),
    refused: (log: Logger, fields: LogFields) => log.error("reload.refused", fields),
  },
  restart: {
    begun: (log: Logger, fields: LogFields) => log.info("restart.begun", fields),
    done: (log: Logger, fields: LogFields) => log.info("restart.done", fields),
    refused: (log: Logger, fields: LogFields) => log.error("restart.refused", fields),
  },
};
/** What is over by itself before long; then a reload that was wanted meanwhile is made. */
const CHANGING: readonly HostActivity[] = ["starting", "reloading", "restarting"];

const REFUSALS = {
  alreadyReloading: "a worker is just being started or replaced; one change at a time",
  stopping: "the host is stopping",
} as const;

/** Which worker serves, and who follows it: by a reload, by a restart, or because it has died. One change at a time. */
export class Succession {
  readonly #parts: SuccessionParts;
  readonly #delay: Delay;
  #serving: WorkerProcess | undefined = undefined;
  #doing: HostActivity = "starting";
  #history: RestartHistory = [];
  /** Those who wait for the next try. */
  #onTried: ((outcome: HostAnswer) => void)[] = [];
  #isReloadPostponed = false;

  constructor(parts: SuccessionParts) {
    this.#parts = parts;
    this.#delay = new Delay(parts.clock);
  }

  get doing(): HostActivity {
    return this.#doing;
  }

  /** Starts the first worker. @throws HireFailed when it cannot serve: whoever starts the host must know at once */
  async begin(): Promise<void> {
    await this.#hire(true);
    this.#settle();
  }

  /** Has a fresh worker take over everything from the one that serves. */
  reload(say: Say): Promise<HostAnswer> {
    return this.#change(say, {
      doing: "reloading",
      events: EVENTS.reload,
      counter: "reloads",
      makeRoom: (from, to) => this.#moveOver(from, to),
    });
  }

  /** A reload that nobody waits for. One that cannot be made now is made after the present change; several are one. */
  reloadSoon(signal: string): void {
    if (!CHANGING.includes(this.#doing)) return void this.reload(() => undefined);
    if (!this.#isReloadPostponed) this.#parts.log.info("reload.postponed", { signal });
    this.#isReloadPostponed = true;
  }

  /** Stops the worker that serves in order, and has a fresh one serve, of which it is known by then that it can start. */
  restart(say: Say): Promise<HostAnswer> {
    return this.#change(say, {
      doing: "restarting",
      events: EVENTS.restart,
      counter: "restarts",
      makeRoom: (from, to) => this.#stopThenServe(from, to),
    });
  }

  /** Replaces a worn worker as a reload does, unless something is under way. */
  recycle(worker: WorkerProcess, { cause, text }: Recycling): void {
    if (worker !== this.#serving || this.#doing !== "serving") return;
    const { crew, log } = this.#parts;
    const { number, pid } = worker;
    log.info("worker.worn", { worker: number, pid, cause, why: text });
    crew.recent.addRecycled({ number, pid, atMs: Date.now(), cause, text });
    crew.careOf(worker)?.triedToRecycle();
    void this.reload(() => undefined);
  }

  /** Starts nobody any more. Stops all workers in order; true when each did so in time. */
  async end(signal: string | undefined): Promise<boolean> {
    const { crew } = this.#parts;
    this.#doing = "stopping";
    this.#delay.cut();
    this.#tellTried({ kind: "refused", code: "stopping", text: REFUSALS.stopping });
    const ends = await Promise.all(crew.workers.map((worker) => crew.stop(worker, signal)));
    return ends.every(({ kind }) => kind === "expected");
  }

  /** A worker has ended, for whatever reason. */
  ended(worker: WorkerProcess, end: EndedWorker): void {
    this.#parts.crew.ended(worker, end);
    if (worker === this.#serving) this.#serving = undefined;
    this.#settle();
  }

  async #change(say: Say, change: Change): Promise<HostAnswer> {
    if (this.#doing === "waiting") return this.#tryNow(say);
    const from = this.#serving;
    if (this.#doing !== "serving" || from === undefined) {
      const code = this.#doing === "stopping" ? "stopping" : "alreadyReloading";
      return { kind: "refused", code, text: REFUSALS[code] };
    }
    this.#doing = change.doing;
    change.events.begun(this.#parts.log, { pid: from.pid });
    say(`process ${from.pid} serves on while the next one starts`);
    try {
      return await this.#succeed(from, say, change);
    } finally {
      if (!this.#isStopping()) this.#doing = "serving";
      this.#settle();
    }
  }

  async #succeed(from: WorkerProcess, say: Say, change: Change): Promise<HostAnswer> {
    let to: WorkerProcess | undefined;
    try {
      to = this.#start();
      await this.#parts.crew.prepared(to);
      say(`process ${to.pid} is ready, version ${to.version}, and takes over`);
      await change.makeRoom(from, to);
    } catch (error) {
      return this.#keepOld(error as Error, to, change);
    }
    // From here on the other one serves: whatever fails now is no reason to end it.
    this.#install(to);
    return this.#dismiss(from, to, change);
  }

  async #dismiss(from: WorkerProcess, to: WorkerProcess, change: Change): Promise<HostAnswer> {
    const { crew, log } = this.#parts;
    // It was told to stop when room was made.
    await from.ended;
    crew.recent[change.counter]++;
    change.events.done(log, { from: from.pid, pid: to.pid, version: to.version });
    return { kind: "done", text: `process ${to.pid} serves, version ${to.version}` };
  }

  async #keepOld(error: Error, to: WorkerProcess | undefined, change: Change): Promise<HostAnswer> {
    // Whoever saw it fail has killed it.
    await to?.ended;
    // What it had bound beyond the ports of the old one, clients would wait at for ever.
    if (this.#serving !== undefined) this.#parts.handles.keepOnly(this.#serving.ports);
    const isUnfit = to === undefined || error instanceof HireFailed;
    const why = isUnfit ? error.message : `process ${to?.pid} ${error.message}`;
    change.events.refused(this.#parts.log, { pid: to?.pid, why });
    this.#parts.crew.recent.addRefusedReload({ atMs: Date.now(), why });
    const rest = this.#serving === undefined ? "" : `; process ${this.#serving.pid} serves on as before`;
    return { kind: "refused", code: isUnfit ? "unfit" : "notHandedOver", text: why + rest };
  }

  async #moveOver(from: WorkerProcess, to: WorkerProcess): Promise<void> {
    const { clock, settings, crew } = this.#parts;
    await handOver({ from, to, clock, ...settings });
    // One that has moved everything ends by itself; for one that could not, this is the order to.
    void crew.stop(from);
  }

  async #stopThenServe(from: WorkerProcess, to: WorkerProcess): Promise<void> {
    const { crew } = this.#parts;
    await crew.stop(from);
    await crew.open(to, false);
  }

  async #hire(isFirst: boolean): Promise<void> {
    const { crew } = this.#parts;
    const worker = this.#start();
    await crew.prepared(worker);
    await crew.open(worker, isFirst);
    this.#install(worker);
    if (!this.#isStopping()) this.#doing = "serving";
  }

  /** It reads code and settings anew, so it is also what a postponed reload is for. */
  #start(): WorkerProcess {
    this.#isReloadPostponed = false;
    return this.#parts.crew.hire();
  }

  #install(worker: WorkerProcess): void {
    // It may have died while the other one ended.
    if (!worker.hasEnded) this.#serving = worker;
    const { number, pid, version, urls, ports } = worker;
    this.#parts.handles.keepOnly(ports);
    if (urls !== undefined) this.#parts.onServing(urls, pid, worker);
    this.#parts.log.info("worker.serving", { worker: number, pid, version });
  }

  /** Whenever nothing is under way: when nobody serves, somebody is started; else a postponed reload is made. */
  #settle(): void {
    if (this.#doing !== "serving") return;
    if (this.#serving === undefined) void this.#revive();
    else if (this.#isReloadPostponed) void this.reload(() => undefined);
  }

  async #revive(): Promise<void> {
    const { crew, log, settings, clock } = this.#parts;
    for (;;) {
      const planned = planRestart(settings, this.#history, { nowMs: clock.nowMs(), random: Math.random() });
      this.#history = planned.history;
      crew.recent.restarts++;
      this.#doing = "waiting";
      log.warn("worker.restarting", { delayMs: planned.delayMs, isSlow: planned.isSlow });
      await this.#delay.for(planned.delayMs);
      if (this.#isStopping()) return;
      this.#doing = "restarting";
      const outcome = await this.#tryToHire();
      this.#tellTried(outcome);
      if (outcome.kind === "done" || this.#serving !== undefined || this.#isStopping()) break;
    }
    this.#settle();
  }

  async #tryToHire(): Promise<HostAnswer> {
    try {
      await this.#hire(false);
      return { kind: "done", text: `process ${this.#serving?.pid} serves` };
    } catch (error) {
      return { kind: "refused", code: "unfit", text: `${(error as Error).message}; nobody serves` };
    }
  }

  /** An operator has repaired something, and need not wait for the next try. */
  #tryNow(say: Say): Promise<HostAnswer> {
    say("nobody serves; the next try is made now");
    const tried = new Promise<HostAnswer>((resolve) => {
      this.#onTried.push(resolve);
    });
    this.#delay.cut();
    return tried;
  }

  #tellTried(outcome: HostAnswer): void {
    for (const tell of this.#onTried.splice(0)) tell(outcome);
  }

  #isStopping(): boolean {
    return this.#doing === "stopping";
  }
}
