import type { FileHandle } from "node:fs/promises";
import type { ReadRequest } from "../source.ts";

/** How much is read in one go, in bytes. */
const STEP_BYTES = 1_048_576;
/** How much of a line is passed over at a time, in bytes: one that has no end may be as long as the disk, and it is looked at again soon. */
const PASS_BYTES_MAX = 64 * STEP_BYTES;
const NEWLINE = 10;

/** How far a line was passed over. */
export interface PassedLine {
  /** Where it begins. */
  readonly lineAt: number;
  /** Up to here there is no end of it. */
  readonly upTo: number;
}

/** What has come of passing over a part of a line. */
export interface Passing {
  readonly upTo: number;
  /** `found` behind its end; at the `end` of the file; or there is `more` of it. */
  readonly kind: "found" | "end" | "more";
}

/** Passes over a part of a line that is too long to be read, without keeping any of it. */
export async function passLine(
  handle: FileHandle,
  from: number,
  { signal, onProgress }: Pick<ReadRequest, "signal" | "onProgress">,
): Promise<Passing> {
  const bytes = Buffer.allocUnsafeSlow(STEP_BYTES);
  let upTo = from;
  while (upTo < from + PASS_BYTES_MAX && !signal.aborted) {
    const { bytesRead } = await handle.read(bytes, 0, STEP_BYTES, upTo);
    if (bytesRead === 0) return { upTo, kind: "end" };
    onProgress("passes over a long line");
    const newline = bytes.subarray(0, bytesRead).indexOf(NEWLINE);
    if (newline >= 0) return { upTo: upTo + newline + 1, kind: "found" };
    upTo += bytesRead;
  }
  return { upTo, kind: "more" };
}
