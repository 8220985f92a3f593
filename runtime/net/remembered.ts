import type { ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import { Batch } from "./batch.ts";
import type { Issue } from "./membership.ts";
import type { WireFormat } from "./wire-format.ts";

/** How much is kept for those who are on their way, in bytes of JSON. */
const REMEMBERED_BYTES_MAX = 4 * 1_024 * 1_024;

/** What was published while subscribers are on their way from another process, as far as it is not too much. */
export class Remembered {
  readonly #bytesMax: number;
  readonly #frames: ServerFrame[] = [];
  /** Encoded once for all who write alike; each may be behind the frames. */
  readonly #issues = new Map<WireFormat, Issue[]>();
  #bytes = 0;
  #skipped: ServerFrames["publication"] | undefined = undefined;
  #drops = 0;

  constructor(bytesMax = REMEMBERED_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** The latest publication, when it was too much: then nothing is kept, and who comes has missed all up to it. */
  get skipped(): ServerFrames["publication"] | undefined {
    return this.#skipped;
  }

  /** How many frames were too much. */
  get drops(): number {
    return this.#drops;
  }

  add(frame: ServerFrame): void {
    if (this.#skipped === undefined) {
      this.#frames.push(frame);
      this.#bytes += Buffer.byteLength(JSON.stringify(frame));
      if (this.#bytes > this.#bytesMax) this.#skip();
    } else {
      this.#drops++;
      if (frame.kind === "publication") this.#skipped = frame;
    }
  }

  /** All that is kept, oldest first, as it is written in this format. */
  issues(format: WireFormat): readonly Issue[] {
    let issues = this.#issues.get(format);
    if (issues === undefined) this.#issues.set(format, (issues = []));
    for (const frame of this.#frames.slice(issues.length)) {
      issues.push({ kind: frame.kind, frame, single: Batch.of(format.frame(frame)) });
    }
    return issues;
  }

  #skip(): void {
    const frames = this.#frames.splice(0);
    this.#issues.clear();
    this.#bytes = 0;
    this.#drops += frames.length;
    this.#skipped = frames.findLast((frame) => frame.kind === "publication");
  }
}
