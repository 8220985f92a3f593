import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { localRefusal, Refusal } from "./refusal.ts";

/** A server frame that answers a request. */
export type Answer = Extract<ServerFrame, { readonly id: number }>;

/** A request to be sent, and where its outcome goes: exactly one of both is called, once. */
export interface Request {
  frame(id: number): ClientFrame;
  readonly timeoutMs: number;
  answered(answer: Answer): void;
  failed(refusal: Refusal): void;
}

interface Waiting {
  readonly request: Request;
  readonly stopTimer: Cancel;
}

/** How many requests of one client may wait for their answers. */
export const REQUESTS_MAX = 256;

/** The requests that wait for their answers. Answers are handed on at once, so that they keep their place among the frames. */
export class Requests {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Gives a request its id and sends it. @param send says why the frame did not leave, if so */
  open(request: Request, send: (frame: ClientFrame) => Refusal | undefined): void {
    if (this.#waiting.size >= REQUESTS_MAX) return request.failed(localRefusal("tooManyPending", "notSent"));
    const id = ++this.#lastId;
    const refusal = send(request.frame(id));
    if (refusal !== undefined) return request.failed(refusal);
    const stopTimer = this.#clock.after(request.timeoutMs, () =>
      this.#take(id)?.failed(localRefusal("timeout", "unknown")),
    );
    this.#waiting.set(id, { request, stopTimer });
  }

  /** Hands an answer to its request; false when nobody waits for it (any more). */
  settle(frame: ServerFrame): boolean {
    if (!("id" in frame) || frame.id === undefined) return false;
    const request = this.#take(frame.id);
    if (request === undefined) return false;
    if (frame.kind === "refused") request.failed(new Refusal(frame.code, "refused", frame));
    else request.answered(frame);
    return true;
  }

  /** The connection ended: what became of the requests is not known. */
  failAll(code: "disconnected" | "closed"): void {
    const failed = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { request, stopTimer } of failed) {
      stopTimer();
      request.failed(localRefusal(code, "unknown"));
    }
  }

  #take(id: number): Request | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    waiting.stopTimer();
    return waiting.request;
  }
}
