import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** How much of its beginning tells a file from others, in bytes: more than a line that all of them begin with. */
export const HEAD_BYTES = 1_024;
/** Digits of the sum: enough to tell apart files that had one number one after the other. */
const SUM_DIGITS = 16;

/** The beginning of a file, by which it is known again when its name or its number says nothing. */
export interface FileHead {
  readonly headLength: number;
  readonly headSum: string;
}

/** What a file begins with, of the part that ends at `offset`. */
export async function headOf(handle: FileHandle, offset: number): Promise<FileHead> {
  return headOfLength(handle, Math.min(offset, HEAD_BYTES));
}

/** Whether a file begins as the one did of which this is the head. */
export async function hasHead(handle: FileHandle, { headLength, headSum }: FileHead): Promise<boolean> {
  const found = await headOfLength(handle, headLength);
  return found.headLength === headLength && found.headSum === headSum;
}

async function headOfLength(handle: FileHandle, length: number): Promise<FileHead> {
  if (length === 0) return { headLength: 0, headSum: "" };
  const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, 0);
  const sum = createHash("sha256").update(buffer.subarray(0, bytesRead)).digest("hex");
  return { headLength: bytesRead, headSum: sum.slice(0, SUM_DIGITS) };
}
