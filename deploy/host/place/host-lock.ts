import { join } from "node:path";
import { lockFileHolder, releaseLockFile, takeLockFile } from "../../../runtime/process/lock-file.ts";
import { ownIdentity } from "../../../runtime/process/process-identity.ts";
import type { ProcessIdentity } from "../../../runtime/process/process-identity.ts";
import { Refusal } from "../../refusal.ts";

/** The file of the data directory that says who uses it. */
export const LOCK_FILE = "host.lock";

/** Who uses a data directory: a host with its workers, or a node in one process. */
export interface LockHolder extends ProcessIdentity {
  readonly role: "host" | "node";
  readonly sinceMs: number;
}

/** A data directory, taken for this process. */
export interface HostLock {
  release(): void;
}

/** Takes a data directory for this process. @throws Refusal that names the process which has it */
export function takeLock(dataDir: string, role: LockHolder["role"]): HostLock {
  const me: LockHolder = { ...ownIdentity(), role, sinceMs: Date.now() };
  const path = join(dataDir, LOCK_FILE);
  const other = takeLockFile(path, me);
  if (other !== undefined) throw inUse(dataDir, other);
  return { release: () => releaseLockFile(path, me) };
}

/** Who uses this data directory now; undefined when nobody does. */
export function holderOf(dataDir: string): LockHolder | undefined {
  return lockFileHolder(join(dataDir, LOCK_FILE));
}

function inUse(dataDir: string, { pid, role }: LockHolder): Refusal {
  const text = `the data directory ${dataDir} is in use by process ${pid} (banyan-${role})`;
  return new Refusal("unavailable", `${text}: banyan stop ends it, --data-dir chooses another`);
}
