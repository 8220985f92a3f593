import { Session } from "node:inspector";
import type { Debugger, Runtime } from "node:inspector";
import { FLIGHT } from "./block.ts";
import type { Flight } from "./block.ts";

/** Asks whatever stands on the stack as `this` what it is doing; most know nothing of it. */
const FLIGHT_EXPRESSION = `this?.[Symbol.for(${JSON.stringify(FLIGHT.description)})]?.()`;
/** Leaves something behind in both queues that are served before timers and I/O. */
const MARK_EXPRESSION = `(() => {
  const mark = { isReached: false };
  const reach = () => void (mark.isReached = true);
  Promise.resolve().then(reach);
  process.nextTick(reach);
  return mark;
})()`;
const IS_REACHED = "function () { return this.isReached; }";

/** A frame of the main thread's stack. */
export interface Frame {
  readonly function: string;
  /** A URL; of Node's own code it begins with `node:`. */
  readonly file: string;
  readonly line: number;
  /** What to name the frame by while the thread is held. */
  readonly id: Debugger.CallFrameId;
}

/**
 * A look at the main thread from another one: it can be held for a moment, at the next JavaScript instruction, and be
 * asked things meanwhile. The inspector is attached only for so long, so a healthy process pays nothing.
 */
export class MainThread {
  readonly #session = new Session();
  readonly #files = new Map<string, string>();

  constructor() {
    this.#session.connectToMainThread();
    this.#session.on("Debugger.scriptParsed", ({ params }) => this.#files.set(params.scriptId, params.url));
    this.#session.post("Debugger.enable");
  }

  /** Holds it; innermost frame first. A native call is left alone, and held when it returns; undefined when `signal` comes before that. */
  hold(signal: AbortSignal): Promise<readonly Frame[] | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
      this.#session.once("Debugger.paused", ({ params }) => {
        resolve(params.callFrames.map((frame) => this.#frameOf(frame)));
      });
      this.#session.post("Debugger.pause");
    });
  }

  /** Lets it go on. */
  release(): void {
    this.#session.post("Debugger.resume");
  }

  /** What the innermost one on the held stack that handles messages says of its open turn. */
  async flight(frames: readonly Frame[]): Promise<Flight | undefined> {
    for (const { id } of frames) {
      const text = await this.#evaluate(id);
      if (typeof text === "string") return JSON.parse(text) as Flight;
    }
    return undefined;
  }

  /** Leaves a mark in the queue of microtasks and in that of ticks. Held or not. */
  async leaveMark(): Promise<string | undefined> {
    const answer = await this.#post<Runtime.EvaluateReturnType>("Runtime.evaluate", {
      expression: MARK_EXPRESSION,
    });
    return answer?.result.objectId;
  }

  /** Whether one of the queues has come as far as the mark. */
  async hasReached(mark: string): Promise<boolean> {
    const question = { objectId: mark, functionDeclaration: IS_REACHED, returnByValue: true };
    const answer = await this.#post<Runtime.CallFunctionOnReturnType>("Runtime.callFunctionOn", question);
    return answer?.result.value === true;
  }

  /** Goes away, and lets it go on. */
  leave(): void {
    this.release();
    this.#session.disconnect();
  }

  async #evaluate(callFrameId: string): Promise<unknown> {
    const question = { callFrameId, expression: FLIGHT_EXPRESSION, returnByValue: true };
    const answer = await this.#post<Debugger.EvaluateOnCallFrameReturnType>(
      "Debugger.evaluateOnCallFrame",
      question,
    );
    return answer?.exceptionDetails === undefined ? answer?.result.value : undefined;
  }

  #post<Answer>(method: string, parameters: object): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      this.#session.post(method, parameters, (error, answer) => {
        resolve(error === null ? (answer as Answer) : undefined);
      });
    });
  }

  #frameOf({ functionName, location, callFrameId }: Debugger.CallFrame): Frame {
    return {
      function: functionName === "" ? "(anonymous)" : functionName,
      file: this.#files.get(location.scriptId) ?? "",
      line: location.lineNumber + 1,
      id: callFrameId,
    };
  }
}
