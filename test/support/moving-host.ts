import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ListeningHandles } from "../../deploy/host/ports/listening-handles.ts";
import type { FromWorker, ToWorker, WorkerUrls } from "../../protocols/host.ts";
import { HandleChannel } from "../../runtime/net/hand-over/handle-channel.ts";
import type { RawHandle } from "../../runtime/net/hand-over/raw-handle.ts";

const WORKER = fileURLToPath(new URL("moving-worker.js", import.meta.url));
const PATIENCE_MS = 30_000;

type Word = FromWorker["kind"];

/** A worker of a test's own host. */
export class MovingWorker {
  readonly child: ChildProcess;
  readonly #channel: HandleChannel;
  readonly #heard = new Map<Word, FromWorker>();
  #wake: () => void = () => {};
  /** Where its `peer` messages go. */
  #other: MovingWorker | undefined = undefined;
  /** How many words the other one may still hear of it; at the next one it is killed. */
  diesAfter = Number.POSITIVE_INFINITY;

  constructor(sockets: ListeningHandles) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    this.child = fork(WORKER, { serialization: "advanced", env });
    this.#channel = new HandleChannel(this.child);
    this.child.on(
      "message",
      (message, handle) => void this.#hear(message as FromWorker, handle as RawHandle | undefined, sockets),
    );
    this.child.on("exit", () => this.#wake());
  }

  say(message: ToWorker, handle?: RawHandle, onSent: () => void = () => {}): void {
    if (!this.child.connected) return onSent();
    this.#channel.send(message, handle, onSent);
  }

  /** What comes from this one goes to that one, and the other way round. */
  introduce(other: MovingWorker): void {
    this.#other = other;
    other.#other = this;
  }

  /** Waits for a word, and forgets it. @throws Error when the process ends first, or after 30 s */
  async until<K extends Word>(kind: K): Promise<Extract<FromWorker, { kind: K }>> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const heard = this.#heard.get(kind);
      this.#heard.delete(kind);
      if (heard !== undefined) return heard as Extract<FromWorker, { kind: K }>;
      if (this.hasEnded || performance.now() > endMs) throw new Error(`the worker did not say ${kind}`);
      await this.#news(endMs - performance.now());
    }
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Ends it in order, or at once. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    const exit = once(this.child, "exit");
    if (signal === undefined) this.say({ kind: "stop", withinMs: 5_000, signal: undefined });
    else this.child.kill(signal);
    await exit;
  }

  async #hear(message: FromWorker, handle: RawHandle | undefined, sockets: ListeningHandles): Promise<void> {
    if (message.kind === "peer") {
      if (this.diesAfter-- > 0) return this.#other?.say(message, handle, () => handle?.close());
      handle?.close();
      this.child.kill("SIGKILL");
    } else if (message.kind === "bind") {
      this.say({ kind: "bound", id: message.id }, await sockets.of(message));
    } else {
      this.#heard.set(message.kind, message);
      this.#wake();
    }
  }

  #news(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }
}

/** What moves connections between real processes for a test: binds the ports, starts workers, and passes on what they say to each other. */
export class MovingHost {
  readonly #sockets = new ListeningHandles();
  readonly #workers: MovingWorker[] = [];
  urls: WorkerUrls = { opsUrl: "", listeners: {} };

  /** Starts the first worker. */
  static async start(): Promise<MovingHost> {
    const host = new MovingHost();
    const worker = await host.prepare();
    worker.say({ kind: "serve", isFirst: true });
    host.urls = (await worker.until("serving")).urls;
    return host;
  }

  /** Who serves. */
  get worker(): MovingWorker {
    const worker = this.#workers.findLast(({ hasEnded }) => !hasEnded);
    if (worker === undefined) throw new Error("no worker is left");
    return worker;
  }

  portOf(listener: string): number {
    return Number(new URL(this.urls.listeners[listener] ?? "").port);
  }

  /** How many connections the serving worker has. */
  async connections(): Promise<number> {
    const response = await fetch(`${this.urls.listeners["web"]}/echo`, { headers: { connection: "close" } });
    return ((await response.json()) as { readonly open: number }).open;
  }

  /** Starts a worker that is ready to serve. */
  async prepare(): Promise<MovingWorker> {
    const worker = new MovingWorker(this.#sockets);
    this.#workers.push(worker);
    await worker.until("prepared");
    return worker;
  }

  /** Has another process take over. Answers what the old one says, which has ended then. */
  async move(): Promise<{ readonly connections: number; readonly lost: number }> {
    const from = this.worker;
    const to = await this.prepare();
    from.introduce(to);
    to.say({ kind: "adopt" });
    from.say({ kind: "handOver" });
    const { connections, lost } = await from.until("handedOver");
    await from.end();
    return { connections, lost };
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers) await worker.end();
    this.#sockets.keepOnly([]);
  }
}
