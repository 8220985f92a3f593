import type { HostAnswer, HostCommand, HostReport, WorkerUrls } from "../../protocols/host.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { RawHandle } from "../../runtime/net/hand-over/raw-handle.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import { ActiveClock } from "../../runtime/time/active-clock.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { Announcement } from "./announcement.ts";
import type { Onlooker } from "./control/starter.ts";
import { Crew } from "./crew.ts";
import { reportOf } from "./host-report.ts";
import type { BindError } from "./ports/bound-handle.ts";
import { ListeningHandles } from "./ports/listening-handles.ts";
import { Succession } from "./succession.ts";
import { whichToRecycle } from "./wear/recycle-rule.ts";
import { launchWorker } from "./worker/worker-launch.ts";
import type { LaunchOrders } from "./worker/worker-launch.ts";
import { WorkerProcess } from "./worker/worker-process.ts";
import type { WorkerRequest } from "./worker/worker-process.ts";

/** How often the workers are told what the host knows, and looked at for wear, in milliseconds. */
const ROUND_EVERY_MS = 1_000;

/** What a host is made of. */
export interface HostParts {
  readonly settings: NodeSettings;
  readonly version: string;
  readonly launch: LaunchOrders;
  readonly log: Logger;
  /** Says for other programs which worker serves, again when another one has taken over. Called until it does not throw. */
  readonly announce: (urls: WorkerUrls, pid: number) => void;
  /** A worker serves; called again when another one has taken over. */
  readonly onServing: (urls: WorkerUrls) => void;
  readonly onlooker: Onlooker;
  /** Stops the host; resolves when it has left its place to the next one. */
  readonly stop: (reason: string) => Promise<void>;
}

/**
 * The process that starts the workers and watches them. It serves nobody itself and loads none of their code, so that
 * what fails them cannot fail it.
 */
export class Host {
  readonly #parts: HostParts;
  readonly #clock = new ActiveClock(new SystemClock());
  readonly #handles = new ListeningHandles();
  readonly #crew: Crew;
  readonly #succession: Succession;
  readonly #announcement: Announcement;
  readonly #startedAtMs = Date.now();
  #urls: WorkerUrls | undefined = undefined;
  #round: NodeJS.Timeout | undefined = undefined;

  constructor(parts: HostParts) {
    const { settings, log } = parts;
    this.#parts = parts;
    const shared = { settings: settings.host, log, clock: this.#clock };
    const { stopWithinMs } = settings;
    const { onlooker } = parts;
    this.#crew = new Crew({ ...shared, stopWithinMs, onlooker, spawn: (number) => this.#spawn(number) });
    this.#announcement = new Announcement({ write: parts.announce, log });
    this.#succession = new Succession({
      ...shared,
      crew: this.#crew,
      handles: this.#handles,
      onServing: (urls, pid) => {
        this.#urls = urls;
        this.#announcement.take(urls, pid);
        parts.onServing(urls);
      },
    });
  }

  /** Starts the first worker. @throws HireFailed */
  async start(): Promise<void> {
    this.#round = setInterval(() => this.#goRound(), ROUND_EVERY_MS);
    await this.#succession.begin();
  }

  /** Stops every worker; true when each did so in order and in time. */
  async stop(signal: string | undefined): Promise<boolean> {
    const isInOrder = await this.#succession.end(signal);
    clearInterval(this.#round);
    this.#handles.keepOnly([]);
    return isInOrder;
  }

  /** Ends every worker at once. */
  kill(): void {
    for (const worker of this.#crew.workers) worker.kill("killLate");
  }

  /** Carries out a command, whoever gives it. */
  async carryOut({ kind }: HostCommand, say: (text: string) => void): Promise<HostAnswer> {
    switch (kind) {
      case "status":
        return { kind: "report", report: this.report() };
      case "reload":
        return this.#succession.reload(say);
      case "restart":
        return this.#succession.restart(say);
      case "stop":
        say("the clients are sent away, then the actors stop");
        await this.#parts.stop("operator");
        return { kind: "done", text: `process ${process.pid} and its workers have stopped` };
    }
  }

  /** Reloads as soon as that can be: nobody waits for it. */
  reloadSoon(signal: string): void {
    this.#succession.reloadSoon(signal);
  }

  report(): HostReport {
    return reportOf({
      crew: this.#crew,
      doing: this.#succession.doing,
      urls: this.#urls,
      startedAtMs: this.#startedAtMs,
      version: this.#parts.version,
    });
  }

  #spawn(number: number): WorkerProcess {
    const { launch } = this.#parts;
    return new WorkerProcess({
      number,
      child: launchWorker(number, launch),
      dataDir: launch.dataDir,
      events: {
        onRequest: (worker, request, handle) => this.#hear(worker, request, handle),
        onEnd: (worker, end) => this.#succession.ended(worker, end),
      },
    });
  }

  #hear(worker: WorkerProcess, request: WorkerRequest, handle: RawHandle | undefined): void {
    switch (request.kind) {
      case "beat":
        return this.#crew.careOf(worker)?.take(request.beat, request);
      case "expectBlock":
        return this.#crew.careOf(worker)?.excuse(request.forMs);
      case "bind":
        return void this.#bind(worker, request);
      case "peer":
        return this.#relay(worker, request.data, handle);
      case "wantsRecycle":
        return this.#succession.recycle(worker, { cause: "asked", text: request.reason });
      case "command":
        return this.#answer(worker, request);
    }
  }

  async #bind(worker: WorkerProcess, wanted: WorkerRequest & { kind: "bind" }): Promise<void> {
    const { id } = wanted;
    worker.wantsPort(wanted);
    try {
      worker.send({ kind: "bound", id }, await this.#handles.of(wanted));
    } catch (error) {
      const { code, syscall, message } = error as BindError;
      worker.send({ kind: "bindFailed", id, code, syscall, message });
    }
  }

  /** The worker that sent it keeps its own copy of the socket; this process has no use for one. */
  #relay(from: WorkerProcess, data: unknown, handle: RawHandle | undefined): void {
    const to = this.#crew.workers.find((worker) => worker !== from);
    if (to === undefined) return handle?.close();
    return to.send({ kind: "peer", data }, handle, () => handle?.close());
  }

  #answer(worker: WorkerProcess, { id, command }: WorkerRequest & { kind: "command" }): void {
    const answer = (said: HostAnswer): void => worker.send({ kind: "answer", id, answer: said });
    this.carryOut(command, (text) => answer({ kind: "event", text })).then(answer, (err: unknown) =>
      this.#parts.log.error("control.failed", { err }),
    );
  }

  #goRound(): void {
    this.#announcement.retry();
    const report = this.report();
    for (const worker of this.#crew.workers) worker.send({ kind: "processes", report });
    const judged = this.#crew.workers.map((worker) => ({
      worker,
      why: this.#crew.careOf(worker)?.recycling(),
    }));
    const worn = whichToRecycle(judged);
    if (worn !== undefined) this.#succession.recycle(worn.worker, worn.why);
  }
}
