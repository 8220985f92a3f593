import type { DataDirectory } from "./data-directory.ts";
import { isAlive } from "../runtime/process/process-identity.ts";

const FILE = "node.json";

/** Where a running node is reached, kept in its data directory so that other commands find it without being told. */
export interface RunningNode {
  /** The host, or the node itself where there is no host. */
  readonly pid: number;
  /** The processes of the workers; none where there is no host. */
  readonly workers: readonly number[];
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

/** The node that said last that it runs on this data directory, whether or not it still does. */
export function announcedNode(directory: DataDirectory): RunningNode | undefined {
  return directory.read(FILE) as RunningNode | undefined;
}

/** The node that runs on this data directory; undefined when none does, or none said so. */
export function findNode(directory: DataDirectory): RunningNode | undefined {
  const node = announcedNode(directory);
  return node !== undefined && isAlive(node.pid) ? node : undefined;
}
