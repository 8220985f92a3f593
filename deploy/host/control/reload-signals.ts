import { closeSync, openSync } from "node:fs";

/** The signals that ask for a reload: SIGUSR2 as with Node's tools, SIGHUP as with servers, SIGUSR1 as with PHP's. */
export const RELOAD_SIGNALS = ["SIGUSR1", "SIGUSR2", "SIGHUP"] as const;

/** Has `reload` called with each signal for it; `hangUp` when SIGHUP says that the terminal is gone. */
export function onReloadSignal(reload: (signal: string) => void, hangUp: () => void): void {
  const hadTerminal = isOnTerminal();
  for (const signal of RELOAD_SIGNALS) {
    process.on(signal, () => {
      if (signal === "SIGHUP" && hadTerminal && !isOnTerminal()) hangUp();
      else reload(signal);
    });
  }
}

/** `/dev/tty` is the terminal of a process, whatever its streams lead to; without one it cannot be opened. */
function isOnTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
