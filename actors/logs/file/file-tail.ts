import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { FileCursor } from "./file-cursor.ts";
import { hasHead, HEAD_BYTES, headOf } from "./file-head.ts";
import { NO_LINES, SPARE_BYTES, wholeLines } from "./line-batch.ts";
import type { LineSpan } from "./line-batch.ts";

/** The longest line that is read, in bytes. */
const LINE_BYTES_MAX = 1_048_576;
const NEWLINE = 10;

/** How much is read in one go. */
export interface TailRequest {
  readonly bytesMax: number;
  readonly linesMax: number;
  /** Nobody writes to it any more: what stands behind the last newline is a line too. */
  readonly isLeft: boolean;
}

/** What was read in one go. */
export interface TailLines {
  readonly span: LineSpan;
  /** Lines that were passed over, because they are too long. */
  readonly tooLong: number;
  readonly cursor: FileCursor;
  /** Whether no whole line is left in the file. */
  readonly isAtEnd: boolean;
  /** Whether nothing at all is left in it. */
  readonly isEmpty: boolean;
}

/** A log file that is open, whatever it is called by now. */
export class FileTail {
  readonly #handle: FileHandle;
  readonly inode: number;
  #buffer: Buffer = Buffer.alloc(0);

  private constructor(handle: FileHandle, inode: number) {
    this.#handle = handle;
    this.inode = inode;
  }

  /** Undefined when there is no such file any more. */
  static async open(path: string): Promise<FileTail | undefined> {
    try {
      const handle = await open(path, "r");
      return new FileTail(handle, (await handle.stat()).ino);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Where it begins. */
  async start(): Promise<FileCursor> {
    const { mtimeMs } = await this.#handle.stat();
    return { inode: this.inode, headLength: 0, headSum: "", writtenMs: mtimeMs, offset: 0 };
  }

  /** Whether it holds what was read up to there. */
  async holds(cursor: FileCursor): Promise<boolean> {
    if (cursor.headLength === 0) return cursor.inode === this.inode;
    const { size } = await this.#handle.stat();
    return size >= cursor.offset && (await hasHead(this.#handle, cursor));
  }

  async read(cursor: FileCursor, request: TailRequest): Promise<TailLines> {
    const { size, mtimeMs } = await this.#handle.stat();
    const rest = Math.max(0, size - cursor.offset);
    const usual = Math.min(rest, request.bytesMax);
    const first = await this.#lines(cursor.offset, usual, request);
    // A line that is longer than what is read at a time is read alone.
    const isCut = first.lines === 0 && rest > usual;
    const length = isCut ? Math.min(rest, LINE_BYTES_MAX) : usual;
    const span = isCut ? await this.#lines(cursor.offset, length, request) : first;
    const isLong = span.lines === 0 && rest > length;
    const passed = isLong ? await this.#passLine(cursor.offset + length) : undefined;
    const offset = passed ?? cursor.offset + span.end;
    const isAllRead = length === rest && !span.bytes.subarray(span.end, length).includes(NEWLINE);
    return {
      span: isLong ? NO_LINES : span,
      tooLong: passed === undefined ? 0 : 1,
      cursor: offset === cursor.offset ? cursor : await this.#at(cursor, offset, mtimeMs),
      isAtEnd: isLong ? passed === undefined : isAllRead,
      isEmpty: offset >= size,
    };
  }

  close(): void {
    // It was only read: there is nothing that a failed close could lose.
    this.#handle.close().catch(() => undefined);
  }

  async #lines(offset: number, length: number, { linesMax, isLeft }: TailRequest): Promise<LineSpan> {
    const bytes = this.#room(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, offset);
    const span = wholeLines(bytes, bytesRead, linesMax);
    return span.lines === 0 && isLeft && bytesRead > 0 ? { bytes, end: bytesRead, lines: 1 } : span;
  }

  /** Where the next line begins behind one that is too long; undefined when that has no end yet. */
  async #passLine(from: number): Promise<number | undefined> {
    const bytes = this.#room(LINE_BYTES_MAX);
    for (let offset = from; ;) {
      const { bytesRead } = await this.#handle.read(bytes, 0, LINE_BYTES_MAX, offset);
      const newline = bytes.subarray(0, bytesRead).indexOf(NEWLINE);
      if (newline >= 0) return offset + newline + 1;
      if (bytesRead === 0) return undefined;
      offset += bytesRead;
    }
  }

  async #at(before: FileCursor, offset: number, writtenMs: number): Promise<FileCursor> {
    const isKnown = before.headLength === HEAD_BYTES;
    const { headLength, headSum } = isKnown ? before : await headOf(this.#handle, offset);
    return { inode: this.inode, headLength, headSum, writtenMs, offset };
  }

  #room(length: number): Buffer {
    const wanted = length + SPARE_BYTES;
    if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafeSlow(wanted);
    return this.#buffer;
  }
}
