import type { LineFormat } from "../formats/line-format.ts";
import { ReaderLock } from "../reader-lock.ts";
import type { Partition, Reader, Source } from "../source.ts";
import { FileReader } from "./file-reader.ts";

/** What a source of one file is made of. */
export interface FileSourceParts {
  readonly name: string;
  readonly path: string;
  readonly format: LineFormat;
  /** By which name the files of this machine are counted. */
  readonly reader: string;
  readonly wallMs: () => number;
  /** Says which of the processes on this data directory reads it. */
  readonly lockPath: string;
}

/** A log file of this machine, as a source of logs. */
export class FileSource implements Source {
  readonly name: string;
  readonly place = "here";
  readonly #parts: FileSourceParts;
  readonly #lock: ReaderLock;

  constructor(parts: FileSourceParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#lock = new ReaderLock(parts.lockPath);
  }

  partitions(): Promise<readonly Partition[]> {
    return Promise.resolve([{ id: this.#parts.reader }]);
  }

  claim(): boolean {
    return this.#lock.claim();
  }

  close(): void {
    this.#lock.release();
  }

  open(): Reader {
    const { path, format, wallMs } = this.#parts;
    return new FileReader({ path, format, wallMs });
  }
}
