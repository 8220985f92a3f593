import inspector from "node:inspector";
import { nodeOptions } from "./node-flags.ts";

/** Options that ask for the debugger; `--inspect-port` alone only says where it would be. */
const WANTED = /(?:^|\s)--inspect(?:-brk|-wait)?(?:[=\s]|$)/;

/**
 * Closes a debugger that nobody has asked for. Node opens one at SIGUSR1 until a program has a handler for it, and no
 * program has one while Node itself starts.
 */
export function closeDebugger(): void {
  if (inspector.url() !== undefined && !WANTED.test(nodeOptions())) inspector.close();
}
