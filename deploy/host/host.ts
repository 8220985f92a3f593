import type { HostAnswer, HostCommand, HostReport, WorkerUrls } from "../../protocols/host.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { RawHandle } from "../../runtime/net/hand-over/raw-handle.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import { ActiveClock } from "../../runtime/time/active-clock.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { Announcement } from "./announcement.ts";
import type { Onlooker } from "./control/starter.ts";
import { Burials } from "./burials.ts";
import { Crew } from "./crew.ts";
import { RecentEnds } from "./end/recent-ends.ts";
import { reportOf } from "./host-report.ts";
import type { BindError } from "./ports/bound-handle.ts";
import { Lines } from "./lines.ts";
import type { Line, Served } from "./lines.ts";
import { ListeningHandles } from "./ports/listening-handles.ts";
import type { WantedPort } from "./ports/listening-handles.ts";
import { Succession } from "./succession.ts";
import { whichToRecycle } from "./wear/recycle-rule.ts";
import { launchWorker } from "./worker/worker-launch.ts";
import type { WorkerPlace } from "./worker/worker-place.ts";
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
  /** The numbers of the workers to run. */
  readonly workers: readonly number[];
  /** Says for other programs which workers serve, again when another one has taken over. Called until it does not throw. */
  readonly announce: (urls: WorkerUrls, pids: readonly number[]) => void;
  /** All workers serve; called again when another one has taken over. */
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
  readonly #lines: Lines;
  readonly #burials = new Burials();
  /** The ports of the worker of each number that served last. */
  readonly #wanted = new Map<number, readonly WantedPort[]>();
  readonly #announcement: Announcement;
  readonly #startedAtMs = Date.now();
  #served: Served | undefined = undefined;
  #round: NodeJS.Timeout | undefined = undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#announcement = new Announcement({
      write: (urls, pid) => parts.announce(urls, this.#served?.pids ?? [pid]),
      log: parts.log,
    });
    const recent = new RecentEnds();
    const lines = parts.workers.map((number) => this.#lineOf(number, recent));
    this.#lines = new Lines(lines, recent, parts.log);
  }

  #lineOf(number: number, recent: RecentEnds): Line {
    const { settings, log, workers } = this.#parts;
    // One greeting is enough.
    const onlooker = number === workers[0] ? this.#parts.onlooker : "none";
    const shared = { settings: settings.host, log, clock: this.#clock };
    const { stopWithinMs } = settings;
    const spawn = (place: WorkerPlace): WorkerProcess => this.#spawn(place);
    const crew = new Crew({ ...shared, number, recent, stopWithinMs, onlooker, spawn });
    const handles = { keepOnly: (wanted: readonly WantedPort[]) => this.#keepPorts(number, wanted) };
    const onServing = (urls: WorkerUrls, pid: number, worker: WorkerProcess): void => {
      this.#serves(this.#lines.serves(worker, urls, pid), pid);
    };
    return { crew, succession: new Succession({ ...shared, crew, handles, onServing }) };
  }

  #serves(served: Served, pid: number): void {
    this.#served = served;
    this.#announcement.take(served.urls, pid);
    if (this.#lines.isComplete) this.#parts.onServing(served.urls);
  }

  /** What the workers of other numbers want stays as well, also of one that has died: the next one will ask for it. */
  #keepPorts(number: number, wanted: readonly WantedPort[]): void {
    this.#wanted.set(number, wanted);
    const others = this.#lines.workers.filter((worker) => worker.number !== number);
    const all = [...this.#wanted.values()].flat();
    this.#handles.keepOnly([...all, ...others.flatMap(({ ports }) => ports)]);
  }

  /** Starts the workers. @throws HireFailed */
  async start(): Promise<void> {
    this.#round = setInterval(() => this.#goRound(), ROUND_EVERY_MS);
    await this.#lines.begin();
  }

  /** Stops every worker; true when each did so in order and in time. */
  async stop(signal: string | undefined): Promise<boolean> {
    const isInOrder = await this.#lines.end(signal);
    clearInterval(this.#round);
    this.#handles.keepOnly([]);
    return isInOrder;
  }

  /** Ends every worker at once. */
  kill(): void {
    for (const worker of this.#lines.workers) worker.kill("killLate");
  }

  /** Carries out a command, whoever gives it. */
  async carryOut({ kind }: HostCommand, say: (text: string) => void): Promise<HostAnswer> {
    switch (kind) {
      case "status":
        return { kind: "report", report: this.report() };
      case "reload":
        return this.#lines.change("reload", say);
      case "restart":
        return this.#lines.change("restart", say);
      case "stop":
        say("the clients are sent away, then the actors stop");
        await this.#parts.stop("operator");
        return { kind: "done", text: `process ${process.pid} and its workers have stopped` };
    }
  }

  /** Reloads as soon as that can be: nobody waits for it. */
  reloadSoon(signal: string): void {
    this.#lines.reloadSoon(signal);
  }

  report(): HostReport {
    return reportOf({
      crew: this.#lines,
      doing: this.#lines.doing,
      urls: this.#served?.urls,
      startedAtMs: this.#startedAtMs,
      version: this.#parts.version,
    });
  }

  #spawn(place: WorkerPlace): WorkerProcess {
    const { launch } = this.#parts;
    return new WorkerProcess({
      number: place.number,
      child: launchWorker(place, launch),
      dataDir: launch.dataDir,
      events: {
        onRequest: (worker, request, handle) => this.#hear(worker, request, handle),
        onEnd: (worker, end) => {
          this.#burials.add(worker);
          this.#lines.ended(worker, end);
          this.#burials.tell(this.#lines.workers);
        },
      },
    });
  }

  #hear(worker: WorkerProcess, request: WorkerRequest, handle: RawHandle | undefined): void {
    switch (request.kind) {
      case "beat":
        return this.#lines.careOf(worker)?.take(request.beat, request);
      case "expectBlock":
        return this.#lines.careOf(worker)?.excuse(request.forMs);
      case "bind":
        return void this.#bind(worker, request);
      case "peer":
        return this.#relay(worker, request.data, handle);
      case "wantsRecycle":
        return this.#lines.recycle(worker, { cause: "asked", text: request.reason });
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
    const to = this.#lines.peerOf(from);
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
    // Whoever hears of a death tells people: of several workers one is enough.
    const quiet = { ...report, ended: [], recycled: [], refusedReloads: [] };
    const [first] = this.#parts.workers;
    for (const worker of this.#lines.workers) {
      worker.send({ kind: "processes", report: worker.number === first ? report : quiet });
    }
    this.#burials.tell(this.#lines.workers);
    const judged = this.#lines.workers.map((worker) => ({
      worker,
      why: this.#lines.careOf(worker)?.recycling(),
    }));
    const worn = whichToRecycle(judged);
    if (worn !== undefined) this.#lines.recycle(worn.worker, worn.why);
  }
}
