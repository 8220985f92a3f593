import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../refusal.ts";

const SOCKET_FILE = "control.sock";
/** The longest path of a Unix socket, in bytes: `sun_path` has 108 on Linux and 104 elsewhere, and ends with a zero. */
const SOCKET_PATH_MAX = 103;
/** Where Linux shows each open file of a process under a short name. */
const OPEN_FILES = "/proc/self/fd";

/** How the control socket is called by this process. */
export interface ControlPath {
  /** For `listen` and `connect`. */
  readonly short: string;
  /** For all other calls. */
  readonly real: string;
  /** To be called when the socket is bound or connected. */
  release(): void;
}

/** The control socket of a data directory, whose path may be longer than a socket's may be. @throws Refusal where the system has no way around */
export function controlPath(dataDir: string): ControlPath {
  const real = join(dataDir, SOCKET_FILE);
  if (Buffer.byteLength(real) <= SOCKET_PATH_MAX) return { short: real, real, release: () => undefined };
  if (!existsSync(OPEN_FILES)) {
    const text = `${real} is too long for a socket (${SOCKET_PATH_MAX} bytes): choose a shorter --data-dir`;
    throw new Refusal("settings", text);
  }
  const folder = openSync(dataDir, "r");
  return { short: `${OPEN_FILES}/${folder}/${SOCKET_FILE}`, real, release: () => closeSync(folder) };
}
