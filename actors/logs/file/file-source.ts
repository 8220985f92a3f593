import { releaseLockFile, takeLockFile } from "../../../runtime/process/lock-file.ts";
import { ownIdentity } from "../../../runtime/process/process-identity.ts";
import type { LineFormat } from "../formats/line-format.ts";
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

  constructor(parts: FileSourceParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  partitions(): Promise<readonly Partition[]> {
    return Promise.resolve([{ id: this.#parts.reader }]);
  }

  claim(): boolean {
    const { lockPath } = this.#parts;
    const me = ownIdentity();
    const other = takeLockFile(lockPath, me);
    return other === undefined || (other.pid === me.pid && other.began === me.began);
  }

  close(): void {
    releaseLockFile(this.#parts.lockPath, ownIdentity());
  }

  open(): Reader {
    const { path, format, wallMs } = this.#parts;
    return new FileReader({ path, format, wallMs });
  }
}
