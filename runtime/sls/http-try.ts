import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { AnswerBody } from "./answer-body.ts";
import type { HttpAnswer, LinkLimits } from "./http-link.ts";
import { SlsError } from "./sls-error.ts";

/** One request from its sending to the last byte of the answer, or to the first thing that goes wrong. */
export class HttpTry {
  readonly #request: ClientRequest;
  readonly #limits: LinkLimits;
  readonly #isTls: boolean;
  readonly #timers: NodeJS.Timeout[] = [];
  #hasAnswer = false;
  #settle: { resolve(answer: HttpAnswer): void; reject(error: SlsError): void } | undefined;

  constructor(request: ClientRequest, limits: LinkLimits, isTls: boolean) {
    this.#request = request;
    this.#limits = limits;
    this.#isTls = isTls;
  }

  /** Runs it, once. @throws SlsError */
  async run(body: Uint8Array | undefined, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const abort = (): void => this.#fail(SlsError.failed("aborted", "the call was called off"));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise<HttpAnswer>((resolve, reject) => {
        this.#settle = { resolve, reject };
        this.#listen();
        if (signal?.aborted === true) return abort();
        this.#request.end(body);
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      for (const timer of this.#timers) clearTimeout(timer);
    }
  }

  #listen(): void {
    const { callTimeoutMs } = this.#limits;
    this.#request.once("socket", (socket) => this.#watchConnecting(socket));
    this.#request.once("response", (response) => this.#read(response));
    // More than one may come: what is destroyed says so once more.
    this.#request.on("error", (error) => this.#lost(error));
    this.#limit(callTimeoutMs, "callTimeout", `no whole answer within ${callTimeoutMs} ms`);
  }

  #watchConnecting(socket: Socket): void {
    if (!socket.connecting) return;
    const { connectTimeoutMs, onProgress } = this.#limits;
    const timer = this.#limit(
      connectTimeoutMs,
      "connectTimeout",
      `no connection within ${connectTimeoutMs} ms`,
    );
    socket.once(this.#isTls ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      onProgress?.();
    });
  }

  #read(response: IncomingMessage): void {
    this.#hasAnswer = true;
    this.#limits.onProgress?.();
    const body = new AnswerBody(response.headers["content-length"]);
    response.on("error", (error) => this.#lost(error));
    response.on("data", (chunk: Buffer) => {
      this.#limits.onProgress?.();
      if (!body.add(chunk)) this.#fail(SlsError.failed("badAnswer", "the answer is too long"));
    });
    response.once("end", () => {
      this.#settle?.resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: body.whole(),
      });
    });
  }

  #limit(ms: number, code: "callTimeout" | "connectTimeout", text: string): NodeJS.Timeout {
    const timer = setTimeout(() => this.#fail(SlsError.failed(code, text)), ms);
    this.#timers.push(timer);
    return timer;
  }

  #lost(cause: Error): void {
    const isReused = this.#request.reusedSocket && !this.#hasAnswer;
    this.#fail(
      SlsError.failed("connectionLost", cause.message, { cause: Object.assign(cause, { isReused }) }),
    );
  }

  #fail(error: SlsError): void {
    this.#settle?.reject(error);
    this.#request.destroy();
  }
}
