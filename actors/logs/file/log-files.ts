import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What is packed is not read: it was read before, or is counted as lost. */
const PACKED = /\.(gz|bz2|xz|zst|zip|lz4|tmp|swp)$/;

/** A file of a log: the one that is written to, or one that it was before. */
export interface LogFile {
  readonly path: string;
  readonly inode: number;
  readonly size: number;
  readonly writtenMs: number;
  /** It has the name under which the log is written. */
  readonly isCurrent: boolean;
}

/** The file of a log and those before it, which have its name and more, such as `access.log.1`; the one that was last written to earliest comes first, and the current one last. */
export async function logFiles(path: string): Promise<readonly LogFile[]> {
  const [folder, base] = [dirname(path), basename(path)];
  const names = await namesIn(folder);
  const wanted = names.filter((name) => name === base || (isOlderOf(base, name) && !PACKED.test(name)));
  const found = await Promise.all(wanted.map((name) => fileAt(join(folder, name), name === base)));
  return found.filter((file) => file !== undefined).toSorted(byTime);
}

/** `access.log.1` and `access.log-20261122` are older ones of `access.log`; `access.logger` is not. */
function isOlderOf(base: string, name: string): boolean {
  return name.startsWith(base) && /^[.-]\d/.test(name.slice(base.length));
}

function byTime(one: LogFile, other: LogFile): number {
  if (one.isCurrent !== other.isCurrent) return one.isCurrent ? 1 : -1;
  return one.writtenMs - other.writtenMs || olderName(other.path) - olderName(one.path);
}

/** `.2` is older than `.1`, where they were written to in the same moment. */
function olderName(path: string): number {
  return Number(/\d+$/.exec(path)?.[0] ?? 0);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function fileAt(path: string, isCurrent: boolean): Promise<LogFile | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    return { path, inode: found.ino, size: found.size, writtenMs: found.mtimeMs, isCurrent };
  } catch (error) {
    // Renamed or removed since its name was read.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
