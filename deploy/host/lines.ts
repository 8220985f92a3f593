import type { EndedWorker, HostActivity, HostAnswer, WorkerUrls } from "../../protocols/host.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import type { Crew } from "./crew.ts";
import type { RecentEnds } from "./end/recent-ends.ts";
import type { Succession } from "./succession.ts";
import type { Recycling } from "./wear/recycle-rule.ts";
import type { WorkerCare } from "./worker/worker-care.ts";
import type { WorkerProcess } from "./worker/worker-process.ts";

/** One worker of several and those that follow it: where a worker dies, another one with the same number takes its place. */
export interface Line {
  readonly crew: Crew;
  readonly succession: Succession;
}

/** Who serves, and where. */
export interface Served {
  readonly urls: WorkerUrls;
  readonly pids: readonly number[];
}

type Say = (text: string) => void;
type Change = "reload" | "restart";
type Refused = Extract<HostAnswer, { readonly kind: "refused" }>;

/** What the host is at as a whole is the first of these that one of its lines is at. */
const ACTIVITIES: readonly HostActivity[] = ["stopping", "starting", "reloading", "restarting", "waiting"];

/** All workers of a host. Each is replaced by itself; what concerns all of them is done to one after the other, so that the others serve meanwhile. */
export class Lines {
  readonly recent: RecentEnds;
  readonly #lines: readonly Line[];
  readonly #log: Logger;
  /** By the number of the worker. */
  readonly #served = new Map<number, { readonly urls: WorkerUrls; readonly pid: number }>();
  #isRolling = false;
  #isWantedAgain = false;

  constructor(lines: readonly Line[], recent: RecentEnds, log: Logger) {
    this.#lines = lines;
    this.recent = recent;
    this.#log = log;
  }

  /** All that live, also one that is only starting. */
  get workers(): readonly WorkerProcess[] {
    return this.#lines.flatMap(({ crew }) => crew.workers);
  }

  get doing(): HostActivity {
    const all = this.#lines.map(({ succession }) => succession.doing);
    return ACTIVITIES.find((activity) => all.includes(activity)) ?? "serving";
  }

  /** Whether each line has had a worker that serves. */
  get isComplete(): boolean {
    return this.#served.size === this.#lines.length;
  }

  careOf(worker: WorkerProcess): WorkerCare | undefined {
    return this.#lineOf(worker)?.crew.careOf(worker);
  }

  /** The other worker of a hand-over. */
  peerOf(worker: WorkerProcess): WorkerProcess | undefined {
    return this.#lineOf(worker)?.crew.workers.find((other) => other !== worker);
  }

  /** Notes that a worker serves; answers where all of them are reached. */
  serves({ number }: WorkerProcess, urls: WorkerUrls, pid: number): Served {
    this.#served.set(number, { urls, pid });
    const all = [...this.#served].toSorted(([one], [other]) => one - other).map(([, served]) => served);
    const listeners = Object.assign({}, ...all.map((served) => served.urls.listeners).toReversed()) as object;
    return {
      // Operators find the others through the first one.
      urls: { opsUrl: all[0]?.urls.opsUrl ?? urls.opsUrl, listeners: { ...listeners } },
      pids: all.map((served) => served.pid),
    };
  }

  /** Starts the first worker, then the others. @throws HireFailed when one of them cannot serve */
  async begin(): Promise<void> {
    const [first, ...others] = this.#lines;
    await first?.succession.begin();
    await Promise.all(others.map(({ succession }) => succession.begin()));
  }

  /** Reloads or restarts each worker, one after the other. What one refuses keeps the rest as it is. */
  async change(kind: Change, say: Say): Promise<HostAnswer> {
    const [only] = this.#lines;
    if (this.#lines.length === 1 && only !== undefined) return only.succession[kind](say);
    const done: string[] = [];
    for (const { crew, succession } of this.#lines) {
      const answer = await succession[kind]((text) => say(`worker ${crew.number}: ${text}`));
      if (answer.kind === "refused") return refusedAt(crew.number, answer, done);
      if (answer.kind === "done") done.push(`worker ${crew.number}: ${answer.text}`);
    }
    return { kind: "done", text: `all ${this.#lines.length} workers serve; ${done.join("; ")}` };
  }

  /** A reload that nobody waits for; several that are wanted meanwhile are one. */
  reloadSoon(signal: string): void {
    const [only] = this.#lines;
    if (this.#lines.length === 1) return only?.succession.reloadSoon(signal);
    if (!this.#isRolling) return void this.#roll(signal);
    if (!this.#isWantedAgain) this.#log.info("reload.postponed", { signal });
    this.#isWantedAgain = true;
    return undefined;
  }

  recycle(worker: WorkerProcess, why: Recycling): void {
    this.#lineOf(worker)?.succession.recycle(worker, why);
  }

  /** A worker has ended, for whatever reason. */
  ended(worker: WorkerProcess, end: EndedWorker): void {
    this.#lineOf(worker)?.succession.ended(worker, end);
  }

  /** Stops all workers in order; true when each did so in time. */
  async end(signal: string | undefined): Promise<boolean> {
    const ends = await Promise.all(this.#lines.map(({ succession }) => succession.end(signal)));
    return ends.every(Boolean);
  }

  async #roll(signal: string): Promise<void> {
    this.#isRolling = true;
    do {
      this.#isWantedAgain = false;
      await this.#reloadEach(signal);
    } while (this.#isWantedAgain && this.doing !== "stopping");
    this.#isRolling = false;
  }

  async #reloadEach(signal: string): Promise<void> {
    for (const { succession } of this.#lines) {
      const answer = await succession.reload(() => undefined);
      if (answer.kind !== "refused") continue;
      if (answer.code !== "alreadyReloading") return;
      // It may have read what there was before: nobody would ask for its reload again.
      succession.reloadSoon(signal);
    }
  }

  #lineOf(worker: WorkerProcess): Line | undefined {
    return this.#lines.find(({ crew }) => crew.number === worker.number);
  }
}

/** A change ends with the first worker that refuses it: which are new by then, and which are not, differs. */
function refusedAt(number: number, { code, text }: Refused, done: readonly string[]): Refused {
  const fresh = done.length === 0 ? "all are as before" : `new: ${done.join("; ")}; all others are as before`;
  return { kind: "refused", code, text: `worker ${number}: ${text} (${fresh})` };
}
