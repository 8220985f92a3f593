import { createReadStream, existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { ArchiveCounts } from "../../runtime/persistence/archive-lines.ts";
import { Refusal } from "../refusal.ts";

/** Owner only: what entities store is nobody else's. */
const FILE_MODE = 0o600;
/** Read at a time; the longest line is a few of these. */
const CHUNK_BYTES = 1_048_576;
/** Written at a time. */
const BATCH_LENGTH = 262_144;

/**
 * Writes lines into a file that has its name only once it is whole and on the disk.
 * @throws Refusal when there is such a file, or it cannot be written
 */
export async function writeArchive(
  path: string,
  lines: AsyncGenerator<string, ArchiveCounts>,
): Promise<ArchiveCounts> {
  if (existsSync(path)) throw new Refusal("failed", `${path} is there already; name another file`);
  const draft = `${path}.part`;
  const file = await orRefused(path, open(draft, "w", FILE_MODE));
  try {
    const counts = await writeLines(lines, (text) => orRefused(path, file.writeFile(text)));
    await orRefused(path, file.sync());
    await file.close();
    await rename(draft, path);
    return counts;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** The text of a file, piece by piece. @throws Refusal when it cannot be read */
export async function* archiveText(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: "utf8", highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) yield chunk as string;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Refusal("failed", `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function writeLines(
  lines: AsyncGenerator<string, ArchiveCounts>,
  write: (text: string) => Promise<void>,
): Promise<ArchiveCounts> {
  let batch = "";
  for (;;) {
    const { done, value } = await lines.next();
    if (done !== true) batch += value;
    if (batch !== "" && (done === true || batch.length >= BATCH_LENGTH)) {
      await write(batch);
      batch = "";
    }
    if (done === true) return value;
  }
}

async function orRefused<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Refusal("failed", `${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
