import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../refusal.ts";
import { isRunning, ownIdentity } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** The file of the data directory that says who uses it. */
export const LOCK_FILE = "host.lock";
const LOCK_MODE = 0o600;
/** Others may take a lock from a dead process at the same time; who loses looks again, so often at most. */
const TRIES_MAX = 10;

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
  const other = take(path, me);
  if (other !== undefined) throw inUse(dataDir, other);
  return { release: () => release(path, me) };
}

/** Who uses this data directory now; undefined when nobody does. */
export function holderOf(dataDir: string): LockHolder | undefined {
  const holder = read(join(dataDir, LOCK_FILE));
  return holder !== undefined && isRunning(holder) ? holder : undefined;
}

function inUse(dataDir: string, { pid, role }: LockHolder): Refusal {
  const text = `the data directory ${dataDir} is in use by process ${pid} (banyan-${role})`;
  return new Refusal("unavailable", `${text}: banyan stop ends it, --data-dir chooses another`);
}

/**
 * Answers who has the lock, when somebody has. A lock whose process is gone is taken over under a lock on the lock: of
 * all that find it stale at once, exactly one replaces it, and only after it has looked again.
 */
function take(path: string, me: LockHolder): LockHolder | undefined {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (create(path, me)) return undefined;
    const found = textOf(path);
    const holder = parse(found);
    if (holder !== undefined && isRunning(holder)) return holder;
    const rival = found === undefined ? undefined : replace(path, found, me);
    if (rival === me) return undefined;
    if (rival !== undefined) return rival;
  }
  throw new Error(`${path} cannot be taken: it changes all the time`);
}

/** Answers who has the lock now, itself or a rival; undefined when it has changed meanwhile. */
function replace(path: string, stale: string, me: LockHolder): LockHolder | undefined {
  const claim = `${path}.claim`;
  const rival = take(claim, me);
  if (rival !== undefined) return rival;
  const isStale = textOf(path) === stale;
  if (isStale) renameSync(writeDraft(path, me), path);
  release(claim, me);
  return isStale ? me : undefined;
}

/** A link fails when its name is there, so of two at once one wins; and the file is complete when it gets its name. */
function create(path: string, me: LockHolder): boolean {
  const draft = writeDraft(path, me);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(path: string, me: LockHolder): void {
  const holder = read(path);
  if (holder?.pid === me.pid && holder.began === me.began) rmSync(path, { force: true });
}

function writeDraft(path: string, me: LockHolder): string {
  const draft = `${path}.${me.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(me)}\n`, { mode: LOCK_MODE, flag: "wx" });
  return draft;
}

function read(path: string): LockHolder | undefined {
  return parse(textOf(path));
}

/** Undefined also for what is no lock, as after a power cut: then nobody of this boot has written it. */
function parse(text: string | undefined): LockHolder | undefined {
  try {
    const found = JSON.parse(text ?? "null") as Partial<LockHolder> | null;
    return typeof found?.pid === "number" ? (found as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
