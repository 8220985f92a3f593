import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isRunning } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";

const LOCK_MODE = 0o600;
/** Others may take a lock from a dead process at the same time; who loses looks again, so often at most. */
const TRIES_MAX = 10;

/** For who wants a file to say that something is used by this process, and by no other that runs. Answers who has it, when another one does. */
export function takeLockFile<Holder extends ProcessIdentity>(path: string, me: Holder): Holder | undefined {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (create(path, me)) return undefined;
    const found = textOf(path);
    const holder = parse<Holder>(found);
    if (holder !== undefined && isRunning(holder)) return holder;
    const rival = found === undefined ? undefined : replace(path, found, me);
    if (rival === me) return undefined;
    if (rival !== undefined) return rival;
  }
  throw new Error(`${path} cannot be taken: it changes all the time`);
}

/** Whose lock file it is; undefined when there is none, or its process has ended. */
export function lockFileHolder<Holder extends ProcessIdentity>(path: string): Holder | undefined {
  const holder = parse<Holder>(textOf(path));
  return holder !== undefined && isRunning(holder) ? holder : undefined;
}

/** Gives back what this process has taken; somebody else's stays. */
export function releaseLockFile(path: string, me: ProcessIdentity): void {
  const holder = parse(textOf(path));
  if (holder?.pid === me.pid && holder.began === me.began) rmSync(path, { force: true });
}

/**
 * A lock whose process is gone is taken over under a lock on the lock: of all that find it stale at once, exactly one replaces it, and only after
 * it has looked again. Answers who has the lock now, itself or a rival; undefined when it has changed meanwhile.
 */
function replace<Holder extends ProcessIdentity>(
  path: string,
  stale: string,
  me: Holder,
): Holder | undefined {
  const claim = `${path}.claim`;
  const rival = takeLockFile(claim, me);
  if (rival !== undefined) return rival;
  try {
    const isStale = textOf(path) === stale;
    if (isStale) renameSync(writeDraft(path, me), path);
    return isStale ? me : undefined;
  } finally {
    // Also when the disk is full: a claim that stayed would be taken for the lock itself by this process.
    releaseLockFile(claim, me);
  }
}

/** A link fails when its name is there, so of two at once one wins; and the file is complete when it gets its name. */
function create(path: string, me: ProcessIdentity): boolean {
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

function writeDraft(path: string, me: ProcessIdentity): string {
  const draft = `${path}.${me.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(me)}\n`, { mode: LOCK_MODE, flag: "wx" });
  return draft;
}

/** Undefined also for what is no lock, as after a power cut: then nobody of this boot has written it. */
function parse<Holder extends ProcessIdentity>(text: string | undefined): Holder | undefined {
  try {
    const found = JSON.parse(text ?? "null") as Partial<ProcessIdentity> | null;
    return typeof found?.pid === "number" ? (found as Holder) : undefined;
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
