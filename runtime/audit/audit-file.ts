import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const NEWLINE = "\n".charCodeAt(0);

/** How much an audit may grow. */
export interface AuditBounds {
  /** A file that would grow beyond this is put aside. */
  readonly bytesMax: number;
  /** Files put aside that are kept. */
  readonly oldFiles: number;
}

/**
 * Lines that survive a power cut: each is on the disk when `append` resolves. The file is opened anew for each line,
 * because a second process may put it aside in between.
 */
export class AuditFile {
  readonly #path: string;
  readonly #bounds: AuditBounds;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, bounds: AuditBounds) {
    this.#path = path;
    this.#bounds = bounds;
  }

  /** Adds a line, after those that were added before it. Rejects when it cannot be kept. */
  append(line: string): Promise<void> {
    const written = this.#last.then(() => this.#write(`${line}\n`));
    // The next line has a chance of its own.
    this.#last = written.catch(() => undefined);
    return written;
  }

  /** The text of the file in use and of those put aside, the newest first. */
  async *texts(): AsyncGenerator<string> {
    for (let age = 0; age <= this.#bounds.oldFiles; age++) {
      const text = await readOptional(this.#pathOf(age));
      if (text !== undefined) yield text;
    }
  }

  async #write(text: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: FOLDER_MODE });
    let file = await this.#open();
    try {
      const { size } = await file.stat();
      if (size > 0 && size + Buffer.byteLength(text) > this.#bounds.bytesMax) {
        await file.close();
        await this.#putAside();
        file = await this.#open();
      }
      await append(file, text);
    } finally {
      await file.close();
    }
    await syncFolder(dirname(this.#path));
  }

  #open(): Promise<FileHandle> {
    return open(this.#path, "a+", FILE_MODE);
  }

  async #putAside(): Promise<void> {
    await rm(this.#pathOf(this.#bounds.oldFiles), { force: true });
    for (let age = this.#bounds.oldFiles - 1; age >= 0; age--) {
      await rename(this.#pathOf(age), this.#pathOf(age + 1)).catch(unlessMissing);
    }
  }

  /** `audit.jsonl`, and before it `audit.1.jsonl`. */
  #pathOf(age: number): string {
    return age === 0 ? this.#path : this.#path.replace(/(\.\w+)?$/, `.${age}$1`);
  }
}

async function append(file: FileHandle, text: string): Promise<void> {
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  // A line that a power cut has left half written must not swallow this one.
  const isWhole = size === 0 || buffer[0] === NEWLINE;
  await file.appendFile(isWhole ? text : `\n${text}`);
  await file.sync();
}

/** A file that was made or renamed is there after a power cut only when its folder was written too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    unlessMissing(error);
    return undefined;
  }
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
