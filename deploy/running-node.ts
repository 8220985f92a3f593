import type { DataDirectory } from "./data-directory.ts";

const FILE = "node.json";

/** Where a running node is reached, kept in its data directory so that other commands find it without being told. */
export interface RunningNode {
  readonly pid: number;
  readonly opsUrl: string;
  /** By the listener's name: `http://127.0.0.1:9501` or `tcp://127.0.0.1:9502`. */
  readonly listeners: Readonly<Record<string, string>>;
}

/** Says in the data directory where this node is reached. */
export function announceNode(directory: DataDirectory, node: RunningNode): void {
  directory.write(FILE, node);
}

/** Takes back what this process has announced, and leaves the announcement of another. */
export function withdrawNode(directory: DataDirectory, pid: number): void {
  if (findNode(directory)?.pid === pid) directory.remove(FILE);
}

/** The node that runs on this data directory; undefined when none does, or none said so. */
export function findNode(directory: DataDirectory): RunningNode | undefined {
  const node = directory.read(FILE) as RunningNode | undefined;
  return node !== undefined && isAlive(node.pid) ? node : undefined;
}

/** Signal 0 is delivered to nobody; it only asks whether there is somebody (EPERM: there is, and it is another user's). */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
