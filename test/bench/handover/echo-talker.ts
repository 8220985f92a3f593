import type { LeanWebSocket } from "./lean-web-socket.ts";
import type { Talker } from "./reloaded.ts";

const SAY_EVERY_MS = 1_000;

/** Says a number each second, and expects each to come back. */
export class EchoTalker implements Talker {
  readonly socket: LeanWebSocket;
  readonly #firstMs: number;
  /** When each number was said whose answer has not come, by the number. */
  readonly #saidAtMs = new Map<number, number>();
  #said = 0;
  #heard = 0;
  #timer: NodeJS.Timeout | undefined = undefined;
  reordered = 0;
  worstGapMs = 0;

  constructor(socket: LeanWebSocket, index: number) {
    this.socket = socket;
    // All moments of the second alike.
    this.#firstMs = (index * 7.919) % SAY_EVERY_MS;
    socket.onText = (text) => this.#hear(Number(text));
  }

  get isAnswered(): boolean {
    return this.#saidAtMs.size === 0;
  }

  get lost(): number {
    return this.#saidAtMs.size;
  }

  talk(): void {
    this.#timer = setTimeout(() => {
      this.#say();
      this.#timer = setInterval(() => this.#say(), SAY_EVERY_MS);
    }, this.#firstMs);
  }

  hush(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    this.#saidAtMs.set(++this.#said, performance.now());
    this.socket.send(String(this.#said));
  }

  #hear(number: number): void {
    const saidAtMs = this.#saidAtMs.get(number);
    if (saidAtMs === undefined || number !== this.#heard + 1) this.reordered++;
    this.#heard = number;
    this.#saidAtMs.delete(number);
    if (saidAtMs !== undefined) this.worstGapMs = Math.max(this.worstGapMs, performance.now() - saidAtMs);
  }
}
