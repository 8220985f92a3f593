import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { lockFileHolder, releaseLockFile, takeLockFile } from "../process/lock-file.ts";
import { ownIdentity } from "../process/process-identity.ts";
import type { ProcessIdentity } from "../process/process-identity.ts";
import type { Fault } from "../fault.ts";
import type { Clock } from "../time/clock.ts";
import { unopened, unusable } from "./lmdb-fault.ts";

/** The file beside a store that says which process has it open. */
const STORE_LOCK_FILE = "open.lock";
/** Owner only: what entities store is nobody else's. */
const FOLDER_MODE = 0o700;
/** A process that is about to end gets so long to give the store back. */
const WAIT_MS_MAX = 10_000;
const LOOK_EVERY_MS = 50;

/** Gives a store back that this process has taken. */
export type StoreRelease = () => void;

/**
 * Takes the store in a directory, which is made when there is none, for this process. LMDB would let several processes open one environment, but each opening sets back
 * the shared number of the latest transaction for a moment, also an opening for reading: what another process commits just then is lost, or the file is damaged
 * (lmdb 3.5, `mdb_env_open2`). Within a process it is taken once, by the first who asks.
 * @throws Fault journalUnusable that names the process which has it
 */
export function takeStore(path: string): StoreRelease {
  const taken = attempt(path);
  if (typeof taken === "function") return taken;
  throw inUse(path, taken);
}

/** Like `takeStore`, for who takes over from a process that may not have ended yet. @throws Fault journalUnusable after 10 s */
export async function takeStoreWaiting(path: string, clock: Clock): Promise<StoreRelease> {
  const giveUpAtMs = clock.nowMs() + WAIT_MS_MAX;
  for (;;) {
    const taken = attempt(path);
    if (typeof taken === "function") return taken;
    if (clock.nowMs() >= giveUpAtMs) throw inUse(path, taken);
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
  }
}

/** Whether a process that runs has the store in a directory open. */
export function isTaken(path: string): boolean {
  return lockFileHolder(join(path, STORE_LOCK_FILE)) !== undefined;
}

/** The way to give it back, or the other process that has it. @throws Fault */
function attempt(path: string): StoreRelease | ProcessIdentity {
  const me = ownIdentity();
  const file = join(path, STORE_LOCK_FILE);
  try {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    const other = takeLockFile(file, me);
    if (other === undefined) return () => releaseLockFile(file, me);
    return isSame(other, me) ? () => undefined : other;
  } catch (error) {
    throw unopened(path, error);
  }
}

function inUse(path: string, { pid }: ProcessIdentity): Fault {
  return unusable(path, `process ${pid} has it open`);
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.began === other.began;
}
