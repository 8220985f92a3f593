import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** A request that a receiver has got, whole. */
export interface Received {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver answers; undefined leaves the sender without an answer. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The body never ends. */
  readonly isEndless?: boolean;
}

export type AnswerTo = (request: Received, count: number) => ReceiverAnswer | undefined;

/** A real HTTP server that remembers what it was sent and answers as a test wants; it can die and come back at its port. */
export class HttpReceiver {
  readonly received: Received[] = [];
  answer: AnswerTo;
  #server: Server;
  #port = 0;

  constructor(answer: AnswerTo = () => ({ status: 204 })) {
    this.answer = answer;
    this.#server = this.#make();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Opens its port: the same as before, when it had one. */
  async open(): Promise<this> {
    this.#server = this.#make();
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Dies: cuts every connection, and nobody listens any more. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #make(): Server {
    return createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const got = { method, target: url, headers, body: Buffer.concat(chunks).toString("utf8") };
        this.received.push(got);
        reply(response, this.answer(got, this.received.length));
      });
    });
  }
}

function reply(response: ServerResponse, answer: ReceiverAnswer | undefined): void {
  if (answer === undefined) return;
  const { status, headers = {}, body, isEndless = false } = answer;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  if (isEndless) return void Readable.from(forever()).pipe(response);
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function* forever(): Generator<string> {
  for (;;) yield "x".repeat(1_000);
}
