import type { ChildProcess } from "node:child_process";
import type {
  EndedWorker,
  FromWorker,
  ToWorker,
  WorkerState,
  WorkerUrls,
  WorkerVitals,
} from "../../../protocols/host.ts";
import { HandleChannel } from "../../../runtime/net/hand-over/handle-channel.ts";
import type { RawHandle } from "../../../runtime/net/hand-over/raw-handle.ts";
import { oomKills } from "../end/exit-evidence.ts";
import type { HostDeed } from "../end/exit-meaning.ts";
import { portKey } from "../ports/listening-handles.ts";
import type { WantedPort } from "../ports/listening-handles.ts";
import { LastWords } from "./last-words.ts";
import { endOf } from "./worker-end.ts";
import { Milestones } from "./worker-milestones.ts";

/** How long the last messages and the last words of an ended process are waited for, in milliseconds. */
const LAST_WORDS_MS = 500;

/** What a worker says that is not about itself. */
export type WorkerRequest = Extract<
  FromWorker,
  { kind: "bind" | "peer" | "command" | "wantsRecycle" | "beat" | "expectBlock" }
>;

/** Who hears of a worker. */
export interface WorkerEvents {
  onRequest(worker: WorkerProcess, request: WorkerRequest, handle: RawHandle | undefined): void;
  onEnd(worker: WorkerProcess, end: EndedWorker): void;
}

/** What a worker is made of. */
export interface WorkerParts {
  readonly number: number;
  readonly child: ChildProcess;
  readonly dataDir: string;
  readonly events: WorkerEvents;
}

/** One child process that serves, as its host sees it: what it has said, and how it ended. */
export class WorkerProcess {
  readonly number: number;
  readonly startedAtMs = Date.now();
  readonly milestones = new Milestones();
  /** Resolves when the process is gone and has been reaped. */
  readonly ended: Promise<EndedWorker>;
  state: WorkerState = "starting";
  version = "";
  vitals: WorkerVitals | undefined = undefined;
  urls: WorkerUrls | undefined = undefined;
  lastBeatAtMs: number | undefined = undefined;
  /** Its name in the cluster; undefined until it has joined one. */
  incarnation: string | undefined = undefined;
  readonly #parts: WorkerParts;
  readonly #channel: HandleChannel;
  readonly #lastWords: LastWords;
  readonly #ports = new Map<string, WantedPort>();
  #hostDid: HostDeed | undefined = undefined;
  #isToldToStop = false;
  #refusal: { readonly text: string; readonly exitCode: number } | undefined = undefined;
  #hasEnded = false;
  #oomKills = oomKills();

  constructor(parts: WorkerParts) {
    const { child, number } = parts;
    this.#parts = parts;
    this.#channel = new HandleChannel(child);
    this.number = number;
    this.#lastWords = new LastWords(child.stderr, process.stderr);
    child.on("message", (message, handle) =>
      this.#hear(message as FromWorker, handle as RawHandle | undefined),
    );
    this.ended = this.#awaitEnd();
  }

  get pid(): number {
    return this.#parts.child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it has asked to be bound, each once. */
  get ports(): readonly WantedPort[] {
    return [...this.#ports.values()];
  }

  /** It asks for a port: again after each hand-over that failed. */
  wantsPort({ listener, host, port }: WantedPort): void {
    const wanted = { listener, host, port };
    this.#ports.set(portKey(wanted), wanted);
  }

  /** Why it cannot start, in its own words; undefined when it has not said so. */
  get refusal(): { readonly text: string; readonly exitCode: number } | undefined {
    return this.#refusal;
  }

  /** Says something to the worker; `onSent` is called when it has left this process, or never will. */
  send(message: ToWorker, handle?: RawHandle, onSent?: () => void): void {
    const { child } = this.#parts;
    if (!child.connected) {
      onSent?.();
      return;
    }
    // A worker that is gone has no ear; that it is gone is told elsewhere.
    this.#channel.send(message, handle, () => onSent?.());
  }

  /** Has it stop in order. */
  stop(withinMs: number, signal?: string): void {
    this.#hostDid ??= "stop";
    this.#isToldToStop = true;
    this.state = "leaving";
    this.send({ kind: "stop", withinMs, signal });
  }

  /** Has it move everything to the worker that its `peer` messages reach. */
  handOver(): void {
    this.#hostDid = "handOver";
    this.state = "leaving";
    this.send({ kind: "handOver" });
  }

  /** Has it go on after a hand-over that failed, unless it has to stop by now. */
  keep(): void {
    if (this.#isToldToStop) return;
    this.#hostDid = undefined;
    this.state = "serving";
    this.send({ kind: "keep" });
  }

  /** Ends it at once. */
  kill(deed: HostDeed): void {
    if (this.#hasEnded) return;
    this.#hostDid = deed;
    this.#parts.child.kill("SIGKILL");
  }

  #hear(message: FromWorker, handle: RawHandle | undefined): void {
    switch (message.kind) {
      case "hello":
        this.version = message.version;
        return this.milestones.reach("hello");
      case "prepared":
        this.state = "prepared";
        return this.milestones.reach("prepared");
      case "serving":
        this.state = "serving";
        this.urls = message.urls;
        return this.milestones.reach("serving");
      case "handedOver":
        return this.milestones.reach("handedOver");
      case "joined":
        this.incarnation = message.incarnation;
        return undefined;
      case "refused":
        this.#refusal = message;
        return undefined;
      case "beat":
        this.vitals = message;
        this.lastBeatAtMs = Date.now();
        this.#oomKills = oomKills();
        return this.#parts.events.onRequest(this, message, handle);
      default:
        return this.#parts.events.onRequest(this, message, handle);
    }
  }

  async #awaitEnd(): Promise<EndedWorker> {
    const { child, number, dataDir, events } = this.#parts;
    const { code, signal } = await exitOf(child, (text) => (this.#refusal ??= { text, exitCode: 1 }));
    this.#hasEnded = true;
    const end = endOf({
      number,
      dataDir,
      startedAtMs: this.startedAtMs,
      exit: {
        pid: this.pid,
        code,
        signal,
        hostDid: this.#hostDid,
        oomKills: difference(oomKills(), this.#oomKills),
        lastWords: this.#lastWords.text,
        refusal: this.#refusal?.text,
      },
    });
    this.milestones.end(end);
    events.onEnd(this, end);
    return end;
  }
}

function difference(now: number | undefined, before: number | undefined): number | undefined {
  return now === undefined || before === undefined ? undefined : now - before;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The end of a process, once its last messages and words have been read too. */
async function exitOf(child: ChildProcess, onUnstartable: (text: string) => void): Promise<Exit> {
  const read = Promise.all([
    new Promise((resolve) => child.once("disconnect", resolve)),
    new Promise((resolve) =>
      child.stderr === null ? resolve(undefined) : child.stderr.once("close", resolve),
    ),
  ]);
  const exit = await new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      onUnstartable(`its process cannot be started: ${error.message}`);
      resolve({ code: null, signal: null });
    });
  });
  if (child.pid === undefined) return exit;
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([read, new Promise((resolve) => (timer = setTimeout(resolve, LAST_WORDS_MS)))]);
  clearTimeout(timer);
  return exit;
}
