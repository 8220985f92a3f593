import inspector from "node:inspector";

/** Options that ask for the debugger; `--inspect-port` alone only says where it would be. */
const WANTED = /(?:^|\s)--inspect(?:-brk|-wait)?(?:[=\s]|$)/;

/**
 * Closes a debugger that nobody has asked for. Node opens one at SIGUSR1 until a program has a handler for it, and no
 * program has one while Node itself starts.
 */
export function closeDebugger(): void {
  const options = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  if (inspector.url() !== undefined && !WANTED.test(options)) inspector.close();
}
