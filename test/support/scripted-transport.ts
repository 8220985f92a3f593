import type { Attempt } from "../../protocols/endpoint.ts";
import type { Delivery, Transport } from "../../runtime/webhooks/delivery.ts";

/** What a scripted receiver does with a try: answers, fails, stays silent until it is aborted, or crashes whoever calls. */
export type Script = Attempt | Error | "silent" | "crash";

/** A receiver that does as it is told, and remembers what it was sent. What the script does not say is taken. */
export class ScriptedTransport implements Transport {
  /** The id of the delivery of each try, in order. */
  readonly tries: string[] = [];
  readonly script: Script[];
  /** Tries that are under way now, and the most there have been at once. */
  underWay = 0;
  underWayMax = 0;

  constructor(script: readonly Script[] = []) {
    this.script = [...script];
  }

  send({ id }: Delivery, signal: AbortSignal): Promise<Attempt> {
    this.tries.push(id);
    const line = this.script.shift() ?? { kind: "delivered", text: "taken" };
    if (line === "crash") throw new Error("a bug of a transport");
    return this.#try(line, signal);
  }

  async #try(line: Exclude<Script, "crash">, signal: AbortSignal): Promise<Attempt> {
    this.underWayMax = Math.max(this.underWayMax, ++this.underWay);
    try {
      return await play(line, signal);
    } finally {
      this.underWay--;
    }
  }
}

function play(line: Exclude<Script, "crash">, signal: AbortSignal): Promise<Attempt> {
  if (line instanceof Error) return Promise.reject(line);
  if (line !== "silent") return Promise.resolve(line);
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", abort, { once: true });
  });
}
