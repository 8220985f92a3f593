import { EventEmitter } from "node:events";
import type { ToWorker } from "../../protocols/host.ts";

const URLS = { opsUrl: "http://127.0.0.1:1", listeners: {} };

/** What a worker's process is told; `kill` is the signal. */
export type Told = ToWorker["kind"] | "kill";

/** What a test wants of a worker's process. */
export interface ObedientOptions {
  /** What it does not obey. */
  readonly deafTo?: readonly Told[];
  /** Is told of all that the process is told. */
  readonly note?: (told: Told) => void;
}

/** A worker's process that does at once what it is told. */
export class ObedientChild extends EventEmitter {
  readonly pid: number;
  readonly stderr = null;
  connected = true;
  readonly #deafTo: readonly Told[];
  readonly #note: (told: Told) => void;

  constructor(pid: number, { deafTo = [], note = () => undefined }: ObedientOptions = {}) {
    super();
    this.pid = pid;
    this.#deafTo = deafTo;
    this.#note = note;
  }

  send(message: ToWorker, ...rest: unknown[]): boolean {
    const done = rest.find((word): word is () => void => typeof word === "function");
    this.#note(message.kind);
    queueMicrotask(() => {
      done?.();
      if (!this.#deafTo.includes(message.kind)) this.#obey(message);
    });
    return true;
  }

  /** What the platform's channel says by itself: nothing. */
  _send(): boolean {
    return true;
  }

  kill(): boolean {
    this.#note("kill");
    this.end(null, "SIGKILL");
    return true;
  }

  say(message: object): void {
    this.emit("message", message);
  }

  end(code: number | null, signal: string | null = null): void {
    if (!this.connected) return;
    this.connected = false;
    this.emit("disconnect");
    this.emit("exit", code, signal);
  }

  #obey({ kind }: ToWorker): void {
    if (kind === "serve" || kind === "adopt") this.say({ kind: "serving", urls: URLS });
    if (kind === "handOver") this.say({ kind: "handedOver", connections: 0, lost: 0 });
    if (kind === "stop") this.end(0);
  }
}
