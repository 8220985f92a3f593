import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A key as any browser would send one; nobody looks at the answer to it. */
const HANDSHAKE_KEY = Buffer.alloc(16).toString("base64");
const HEAD_END = "\r\n\r\n";
/** A text of one letter, masked with zeros, and the bytes that come back for it. */
const SAID = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]);
const ANSWER_BYTES = 3;
const LOOK_EVERY_MS = 2;

/** WebSocket clients within this very process, which say something and wait until it comes back. */
export class Crowd {
  readonly #clients: readonly Client[];
  #isScattered = false;
  #rounds = 0;

  constructor(size: number, url: URL) {
    this.#clients = Array.from({ length: size }, () => new Client(url));
  }

  /** Each of them says something, and hears it come back; so often. */
  async talk(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      this.#rounds++;
      for (const client of this.#clients) client.say();
      while (!this.#isScattered && !this.#haveHeard(this.#rounds)) await pause(LOOK_EVERY_MS);
    }
  }

  scatter(): void {
    this.#isScattered = true;
    for (const client of this.#clients) client.leave();
  }

  #haveHeard(times: number): boolean {
    return this.#clients.every((client) => client.heardBytes >= times * ANSWER_BYTES);
  }
}

class Client {
  readonly #socket: Socket;
  /** What has come since the answer to the handshake. */
  heardBytes = 0;

  constructor({ hostname, port, host, pathname }: URL) {
    this.#socket = connect(Number(port), hostname);
    this.#socket.on("error", () => undefined);
    this.#socket.once("data", (head: Buffer) => {
      this.heardBytes = head.length - head.indexOf(HEAD_END) - HEAD_END.length;
      this.#socket.on("data", ({ length }) => void (this.heardBytes += length));
    });
    const head = [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${HANDSHAKE_KEY}`,
    ];
    this.#socket.write(head.join("\r\n") + HEAD_END);
  }

  say(): void {
    this.#socket.write(SAID);
  }

  leave(): void {
    this.#socket.destroy();
  }
}
