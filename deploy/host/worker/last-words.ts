import type { Readable } from "node:stream";

/** How much is kept of what a process wrote last, in characters: an error with its stack. */
const KEPT_MAX = 4_096;

/** Passes the standard error of a process on and keeps its end, which tells why it died. */
export class LastWords {
  #text = "";

  constructor(from: Readable | null, to: NodeJS.WritableStream) {
    from?.setEncoding("utf8").on("data", (text: string) => {
      to.write(text);
      this.#text = (this.#text + text).slice(-KEPT_MAX);
    });
  }

  get text(): string {
    return this.#text;
  }
}
