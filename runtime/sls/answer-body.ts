/** A pull brings 10 to 20 MiB at most; nothing that is longer is held in memory, packed or unpacked, in bytes. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** Gathers the body of an answer, in one buffer when its length is announced. */
export class AnswerBody {
  readonly #announced: Buffer | undefined;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(contentLength: string | undefined) {
    const length = Number(contentLength ?? Number.NaN);
    if (length <= ANSWER_BYTES_MAX) this.#announced = Buffer.allocUnsafe(length);
  }

  /** False when it becomes longer than an answer may be. */
  add(chunk: Buffer): boolean {
    const at = this.#length;
    this.#length += chunk.length;
    if (this.#length > (this.#announced?.length ?? ANSWER_BYTES_MAX)) return false;
    if (this.#announced === undefined) this.#chunks.push(chunk);
    else this.#announced.set(chunk, at);
    return true;
  }

  whole(): Buffer {
    return this.#announced?.subarray(0, this.#length) ?? Buffer.concat(this.#chunks);
  }
}
