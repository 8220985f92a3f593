import { JsonLines } from "../formats/json-lines.ts";
import type { LineFormat, ScanLine } from "../formats/line-format.ts";
import { FileReader } from "../file/file-reader.ts";
import type { Partition, Reader, Source } from "../source.ts";
import { LOSS_MARK } from "./access-line.ts";

/** How long a file that has another name now may still be written to, in milliseconds: the gateway looks with each write. */
const RENAMED_QUIET_MS = 500;

/** Where the records of this node's gateway are. */
export interface AccessPlace {
  readonly path: string;
  /** The name of the node. */
  readonly node: string;
}

/** What the gateway of this node has answered, as a source of logs. */
export class AccessSource implements Source {
  readonly name: string;
  readonly place = "here";
  readonly #access: AccessPlace;
  readonly #wallMs: () => number;

  constructor(name: string, access: AccessPlace, wallMs: () => number) {
    this.name = name;
    this.#access = access;
    this.#wallMs = wallMs;
  }

  partitions(): Promise<readonly Partition[]> {
    return Promise.resolve([{ id: this.#access.node }]);
  }

  open(): Reader {
    const { path } = this.#access;
    const format = new AccessLines();
    return new FileReader({ path, format, wallMs: this.#wallMs, renamedQuietMs: RENAMED_QUIET_MS });
  }
}

/** The lines that the gateway writes: JSON, and a word on what it could not write. */
class AccessLines implements LineFormat {
  readonly lossMark = Buffer.from(LOSS_MARK);
  readonly #json = new JsonLines("time");

  compile(fields: readonly string[]): ScanLine {
    return this.#json.compile(fields);
  }
}
