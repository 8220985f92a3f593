import type { LineFormat } from "../formats/line-format.ts";
import { PullFailure } from "../source.ts";
import type { Batch, Gap, Reader, ReadRequest } from "../source.ts";
import { cursorText, readCursor } from "./file-cursor.ts";
import type { FileCursor } from "./file-cursor.ts";
import { FileTail } from "./file-tail.ts";
import { LineBatch, NO_LINES } from "./line-batch.ts";
import { logFiles } from "./log-files.ts";
import type { LogFile } from "./log-files.ts";

/** How long a file that has another name now may still be written to, in milliseconds: its writer has it open until it notices. */
const RENAMED_QUIET_MS = 2_000;

/** What a reader of a file is made of. */
export interface FileReaderParts {
  readonly path: string;
  readonly format: LineFormat;
  readonly wallMs: () => number;
  /** How long a file that has another name now may still be written to, in milliseconds; 2,000 unless given. */
  readonly renamedQuietMs?: number;
}

/** Where reading goes on, and what was lost before. */
interface Place {
  readonly tail: FileTail;
  readonly cursor: FileCursor;
  readonly gap: Gap | undefined;
}

/** Reads a log file as it grows, through renaming, cutting off, copying and replacing: every whole line once, in order. */
export class FileReader implements Reader {
  readonly #parts: FileReaderParts;
  #tail: FileTail | undefined = undefined;
  #isClosed = false;

  constructor(parts: FileReaderParts) {
    this.#parts = parts;
  }

  async read(request: ReadRequest): Promise<Batch> {
    try {
      return await this.#read(request);
    } catch (error) {
      // Whatever a file says that is closed in the middle of a read: nobody waits for the answer any more.
      if (this.#isClosed) throw new PullFailure("readerClosed", "retry", `${this.#parts.path} was closed`);
      throw asPullFailure(error, this.#parts.path);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#hold(undefined);
  }

  async #read(request: ReadRequest): Promise<Batch> {
    const files = await logFiles(this.#parts.path);
    request.onProgress("listed");
    const place = await this.#find(request.cursor, files);
    request.onProgress("found");
    // There is no such file yet: there is nothing to count, and no place in it to remember.
    if (place === undefined) return this.#batch({ to: request.cursor, isAtEnd: true });
    return this.#readOn(place, files, request);
  }

  async #find(text: string | undefined, files: readonly LogFile[]): Promise<Place | undefined> {
    const cursor = text === undefined ? undefined : readCursor(text);
    if (cursor === undefined) return this.#begin(files[0], undefined);
    const same = await this.#same(cursor, files);
    return same === undefined ? this.#afterLost(cursor, files) : { tail: same, cursor, gap: undefined };
  }

  /** The file in which the cursor lies, whatever it is called now. */
  async #same(cursor: FileCursor, files: readonly LogFile[]): Promise<FileTail | undefined> {
    if (this.#tail?.inode === cursor.inode && (await this.#tail.holds(cursor))) return this.#tail;
    // A copy has another number and the same beginning.
    const likely = files.filter(({ inode, size }) => inode === cursor.inode || size >= cursor.offset);
    const isOther = ({ inode }: LogFile): number => (inode === cursor.inode ? 0 : 1);
    for (const { path } of likely.toSorted((one, other) => isOther(one) - isOther(other))) {
      const tail = await FileTail.open(path);
      if (tail !== undefined && (await tail.holds(cursor))) return this.#hold(tail);
      tail?.close();
    }
    return undefined;
  }

  /** What the cursor was in is gone: goes on with what was written after it. */
  async #afterLost(cursor: FileCursor, files: readonly LogFile[]): Promise<Place | undefined> {
    // It may have been cut off, then copied and cut off again: the copy comes before what has its number.
    const next =
      files.find(({ writtenMs }) => Math.trunc(writtenMs) > cursor.writtenMs) ??
      files.find(({ inode }) => inode === cursor.inode) ??
      files.at(-1);
    const text = `the file that was read up to byte ${cursor.offset} is gone or was cut off; nobody knows what stood behind that`;
    return this.#begin(next, { lost: undefined, text });
  }

  async #begin(file: LogFile | undefined, gap: Gap | undefined): Promise<Place | undefined> {
    const tail = file === undefined ? undefined : await FileTail.open(file.path);
    if (tail === undefined) return undefined;
    this.#hold(tail);
    if (tail.inode !== file?.inode) throw moved(this.#parts.path);
    return { tail, cursor: await tail.start(), gap };
  }

  #hold<T extends FileTail | undefined>(tail: T): T {
    if (tail !== this.#tail) this.#tail?.close();
    this.#tail = this.#isClosed ? undefined : tail;
    if (this.#isClosed) tail?.close();
    return tail;
  }

  async #readOn(
    { tail, cursor, gap }: Place,
    files: readonly LogFile[],
    request: ReadRequest,
  ): Promise<Batch> {
    const endTimeMs = this.#parts.wallMs();
    const next = nextOf(tail, cursor, files);
    const isLeft = next !== undefined && this.#isLeft(tail, files, endTimeMs);
    const read = await tail.read(cursor, { ...request, linesMax: request.unitsMax, isLeft });
    request.onProgress("read");
    if (cursor.headLength === 0 && read.cursor !== cursor) await this.#checkUnmoved(files);
    const isDone = isLeft && read.isEmpty && read.span.lines + read.tooLong === 0;
    if (isDone) return this.#readOn(await this.#goOn(next, gap), files, request);
    // Nothing is remembered of a file of which nothing was read: what it has may be copied and cut off until then.
    // What was lost before it is told with what is read of it first.
    const isSame = read.cursor === cursor;
    const found = isSame ? { to: request.cursor } : { to: cursorText(read.cursor), gap };
    const isAtEnd = read.isAtEnd && next === undefined;
    return this.#batch({ ...found, isAtEnd, endTimeMs, span: read.span, tooLong: read.tooLong });
  }

  /** Whether nobody writes to a file any more: there is one of its name, and it was left alone for long enough. */
  #isLeft({ inode }: FileTail, files: readonly LogFile[], nowMs: number): boolean {
    const { renamedQuietMs = RENAMED_QUIET_MS } = this.#parts;
    const writtenMs = files.find((file) => file.inode === inode)?.writtenMs ?? 0;
    return files.at(-1)?.isCurrent === true && nowMs - writtenMs >= renamedQuietMs;
  }

  /** The file is read to its end, and will not grow: the next one begins. */
  async #goOn(next: LogFile, gap: Gap | undefined): Promise<Place> {
    const place = await this.#begin(next, gap);
    if (place === undefined) throw moved(next.path);
    return place;
  }

  /** What a file begins with that was opened by its name may be what came after a copy was made of it: then that is not listed yet. */
  async #checkUnmoved(files: readonly LogFile[]): Promise<void> {
    const known = new Set(files.map(({ inode }) => inode));
    const now = await logFiles(this.#parts.path);
    if (now.some(({ inode }) => !known.has(inode))) throw moved(this.#parts.path);
  }

  #batch({
    span = NO_LINES,
    gap,
    tooLong = 0,
    endTimeMs = this.#parts.wallMs(),
    ...rest
  }: BatchParts): Batch {
    return new LineBatch(span, this.#parts.format, { ...rest, gap, tooLong, endTimeMs });
  }
}

type BatchParts = Pick<Batch, "to" | "isAtEnd"> &
  Partial<Pick<Batch, "endTimeMs">> & {
    readonly span?: LineBatchSpan;
    readonly gap?: Gap | undefined;
    readonly tooLong?: number;
  };
type LineBatchSpan = typeof NO_LINES;

/** The file that was begun after this one, as soon as something is in it; undefined until then. */
function nextOf(tail: FileTail, cursor: FileCursor, files: readonly LogFile[]): LogFile | undefined {
  const index = files.findIndex(({ inode }) => inode === tail.inode);
  const filled = files.slice(index + 1).filter(({ size }) => size > 0);
  if (index >= 0) return filled[0];
  return filled.find(({ writtenMs }) => writtenMs >= cursor.writtenMs) ?? filled.at(-1);
}

/** It was renamed or copied since the files were listed: they are listed again with the next read. */
function moved(path: string): PullFailure {
  return new PullFailure("fileMoved", "retry", `${path} has just been moved`);
}

function asPullFailure(error: unknown, path: string): unknown {
  if (error instanceof PullFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const isForbidden = code === "EACCES" || code === "EPERM";
  return new PullFailure(code, isForbidden ? "wait" : "retry", `${path}: ${message}`);
}
