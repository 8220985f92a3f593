import { setTimeout as pass } from "node:timers/promises";
import { LeanWebSocket } from "../handover/lean-web-socket.ts";

/** How often each client sends, in milliseconds. */
const SEND_EVERY_MS = 25;

/** How long echoes took, in milliseconds. */
export interface EchoTimes {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Clients that send a text again and again, and note how long its echo takes. */
export class EchoCrowd {
  readonly #clients: readonly LeanWebSocket[];
  #times: number[] = [];

  private constructor(clients: readonly LeanWebSocket[]) {
    this.#clients = clients;
    for (const client of clients) {
      client.onText = (text) => void this.#times.push(performance.now() - Number(text));
    }
  }

  static async open(url: string, count: number): Promise<EchoCrowd> {
    const to = new URL(`${url}/echo`);
    const clients: LeanWebSocket[] = [];
    for (let opened = 0; opened < count; opened++) clients.push(await LeanWebSocket.open(to, undefined));
    return new EchoCrowd(clients);
  }

  /** Talks for so long; what is not echoed by then is waited for. */
  async talk(forMs: number): Promise<EchoTimes> {
    this.#times = [];
    let sent = 0;
    for (const endMs = performance.now() + forMs; performance.now() < endMs;) {
      for (const client of this.#clients) client.send(String(performance.now()));
      sent += this.#clients.length;
      await pass(SEND_EVERY_MS);
    }
    while (this.#times.length < sent) await pass(SEND_EVERY_MS);
    return timesOf(this.#times);
  }

  close(): void {
    for (const client of this.#clients) client.terminate();
  }
}

function timesOf(times: readonly number[]): EchoTimes {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
