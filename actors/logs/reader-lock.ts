import { releaseLockFile, takeLockFile } from "../../runtime/process/lock-file.ts";
import { ownIdentity } from "../../runtime/process/process-identity.ts";

/** Says which of the processes on a data directory reads a source: for what only one of them may read at a time. */
export class ReaderLock {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes it for this process; false while another one has it. */
  claim(): boolean {
    const me = ownIdentity();
    const other = takeLockFile(this.#path, me);
    return other === undefined || (other.pid === me.pid && other.began === me.began);
  }

  release(): void {
    releaseLockFile(this.#path, ownIdentity());
  }
}
