import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { FileCursor } from "./file-cursor.ts";
import { hasHead, HEAD_BYTES, headOf } from "./file-head.ts";
import { PullFailure } from "../source.ts";
import type { ReadRequest } from "../source.ts";
import { NO_LINES, SPARE_BYTES, wholeLines } from "./line-batch.ts";
import type { LineSpan } from "./line-batch.ts";
import { passLine } from "./long-line.ts";
import type { PassedLine } from "./long-line.ts";

/** The longest line that is read, in bytes. */
const LINE_BYTES_MAX = 1_048_576;
const NEWLINE = 10;

/** How much is read in one go. */
export interface TailRequest extends Pick<ReadRequest, "signal" | "onProgress"> {
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

/** Where a file was read up to, and how it stands. */
interface TailPlace {
  readonly cursor: FileCursor;
  readonly size: number;
  readonly writtenMs: number;
}

/** A log file that is open, whatever it is called by now. */
export class FileTail {
  readonly #handle: FileHandle;
  readonly inode: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** A line that is too long, and whose end was not found yet. */
  #passed: PassedLine | undefined = undefined;

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
    const { size, mtimeMs: writtenMs } = await this.#handle.stat();
    const rest = Math.max(0, size - cursor.offset);
    const place = { cursor, size, writtenMs };
    const passed = this.#passed;
    if (passed?.lineAt === cursor.offset && size >= passed.upTo) {
      return this.#pass(place, passed.upTo, request);
    }
    const usual = Math.min(rest, request.bytesMax);
    const first = await this.#lines(cursor.offset, { length: usual, rest }, request);
    // A line that is longer than what is read at a time is read alone.
    const isCut = first.lines === 0 && rest > usual;
    const length = isCut ? Math.min(rest, LINE_BYTES_MAX) : usual;
    const span = isCut ? await this.#lines(cursor.offset, { length, rest }, request) : first;
    if (span.lines === 0 && rest > length) return this.#pass(place, cursor.offset + length, request);
    const offset = cursor.offset + span.end;
    const after = await this.#at(cursor, offset, writtenMs);
    if (!(await this.#hadRead(cursor, span))) throw cutOff();
    return {
      span,
      tooLong: 0,
      cursor: after,
      isAtEnd: length === rest && !span.bytes.subarray(span.end, length).includes(NEWLINE),
      isEmpty: offset >= size,
    };
  }

  close(): void {
    // It was only read: there is nothing that a failed close could lose.
    this.#handle.close().catch(() => undefined);
  }

  async #lines(
    offset: number,
    { length, rest }: { readonly length: number; readonly rest: number },
    { linesMax, isLeft }: TailRequest,
  ): Promise<LineSpan> {
    const bytes = this.#room(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, offset);
    const span = wholeLines(bytes, bytesRead, linesMax);
    const isLast = isLeft && span.lines === 0 && bytesRead > 0 && bytesRead === rest;
    return isLast ? { bytes, end: bytesRead, lines: 1 } : span;
  }

  /** Goes on with a line that is too long: where it ends is sought from where it was not found before. */
  async #pass(
    { cursor, size, writtenMs }: TailPlace,
    from: number,
    request: TailRequest,
  ): Promise<TailLines> {
    const { kind, upTo } = await passLine(this.#handle, from, request);
    const isOver = kind === "found" || (kind === "end" && request.isLeft);
    this.#passed = isOver ? undefined : { lineAt: cursor.offset, upTo };
    return {
      span: NO_LINES,
      tooLong: isOver ? 1 : 0,
      cursor: isOver ? await this.#at(cursor, upTo, writtenMs) : cursor,
      isAtEnd: kind === "end" && !isOver,
      isEmpty: isOver && upTo >= size,
    };
  }

  async #at(before: FileCursor, offset: number, writtenMs: number): Promise<FileCursor> {
    if (offset === before.offset) return before;
    const isKnown = before.headLength === HEAD_BYTES;
    const { headLength, headSum } = isKnown ? before : await headOf(this.#handle, offset);
    return { inode: this.inode, headLength, headSum, writtenMs, offset };
  }

  /** Whether the file still begins as it did, with these lines where they stand in its beginning: it may have been cut off, and written again, since it was looked at. */
  async #hadRead(before: FileCursor, { bytes, end }: LineSpan): Promise<boolean> {
    if (!(await this.holds(before))) return false;
    const ofHead = bytes.subarray(0, Math.min(end, HEAD_BYTES - before.offset));
    if (before.offset >= HEAD_BYTES || ofHead.length === 0) return true;
    const { buffer } = await this.#handle.read(Buffer.alloc(ofHead.length), 0, ofHead.length, before.offset);
    return buffer.equals(ofHead);
  }

  #room(length: number): Buffer {
    const wanted = length + SPARE_BYTES;
    if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafeSlow(wanted);
    return this.#buffer;
  }
}

/** What was read may be of two files: it is read again. */
function cutOff(): PullFailure {
  return new PullFailure("fileMoved", "retry", "the file was cut off while it was read");
}
