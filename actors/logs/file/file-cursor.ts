/** A place in a file that may be renamed, cut off, copied or replaced. */
export interface FileCursor {
  readonly inode: number;
  /** How many bytes at the beginning of the file were looked at to know it again, and what they were. */
  readonly headLength: number;
  readonly headSum: string;
  /** When the file was last written to, as far as it was read, in milliseconds since 1970. */
  readonly writtenMs: number;
  readonly offset: number;
}

const FORM = /^f1:(\d+):(\d+):([0-9a-f]*):(\d+):(\d+)$/;

/** A place in a file as the text that is stored. Pure. */
export function cursorText({ inode, headLength, headSum, writtenMs, offset }: FileCursor): string {
  return `f1:${inode}:${headLength}:${headSum}:${Math.trunc(writtenMs)}:${offset}`;
}

/** The place that a text says; undefined when it says none. Pure. */
export function readCursor(text: string): FileCursor | undefined {
  const [, inode, headLength, headSum = "", writtenMs, offset] = FORM.exec(text) ?? [];
  if (offset === undefined) return undefined;
  return {
    inode: Number(inode),
    headLength: Number(headLength),
    headSum,
    writtenMs: Number(writtenMs),
    offset: Number(offset),
  };
}
