import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const NAME = "store";

/** Something that answers as a Sentinel does, as slowly as a test wants, and tells of failovers when it is told to. */
export class SlowSentinel {
  answersAfterMs = 0;
  /** How often it was asked for the primary. */
  asked = 0;
  readonly #server: Server;
  readonly #primaryPort: number;
  readonly #listeners = new Set<Socket>();

  private constructor(primaryPort: number) {
    this.#primaryPort = primaryPort;
    this.#server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => void this.#answerAll(socket, data.toString().toLowerCase()));
    });
  }

  static async open(primaryPort: number): Promise<SlowSentinel> {
    const sentinel = new SlowSentinel(primaryPort);
    sentinel.#server.listen(0, "127.0.0.1");
    await once(sentinel.#server, "listening");
    return sentinel;
  }

  get url(): string {
    return `redis+sentinel://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${NAME}`;
  }

  /** Those that listen hear that another server is the primary. */
  tellOfFailover(): void {
    const words = ["message", "+switch-master", `${NAME} 127.0.0.1 1 127.0.0.1 ${this.#primaryPort}`];
    for (const socket of this.#listeners) socket.write(listOf(words));
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  close(): Promise<void> {
    for (const socket of this.#listeners) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answerAll(socket: Socket, text: string): Promise<void> {
    for (const command of text.split(/(?=\*\d+\r\n)/)) await this.#answer(socket, command);
  }

  async #answer(socket: Socket, command: string): Promise<void> {
    if (command.includes("get-master-addr-by-name")) {
      this.asked++;
      await sleep(this.answersAfterMs);
      socket.write(listOf(["127.0.0.1", String(this.#primaryPort)]));
    } else if (command.includes("subscribe")) {
      socket.write("*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n");
      this.#listeners.add(socket);
      socket.once("close", () => this.#listeners.delete(socket));
    } else socket.write(command.includes("sentinel") ? "*0\r\n" : "+OK\r\n");
  }
}

function listOf(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}
