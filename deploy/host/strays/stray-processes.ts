import type { BanyanProcess } from "./process-facts.ts";

/** A process and what is to be thought of it. */
export interface JudgedProcess extends BanyanProcess {
  /** It is left over from an earlier run: nobody watches it or talks to it. */
  readonly isStray: boolean;
  /** Why it is or is not a stray, and what to do, in words. */
  readonly why: string;
}

/** Who holds a data directory by its lock; undefined when nobody does. */
export type HolderOf = (dataDir: string) => number | undefined;

/** Tells the strays of earlier runs from the processes that are at work. Pure, but for what `holderOf` looks up. */
export function judgeProcesses(all: readonly BanyanProcess[], holderOf: HolderOf): JudgedProcess[] {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  return all
    .map((one) => withDataDir(one, all))
    .map((one) => ({ ...one, ...judge(one, byPid, holderOf) }))
    .toSorted((a, b) => a.pid - b.pid);
}

interface Verdict {
  readonly isStray: boolean;
  readonly why: string;
}

/** A host does not tell its data directory, but its workers do. */
function withDataDir(one: BanyanProcess, all: readonly BanyanProcess[]): BanyanProcess {
  if (one.dataDir !== undefined || one.role !== "host") return one;
  const told = all.find(({ parentPid, dataDir }) => parentPid === one.pid && dataDir !== undefined);
  return { ...one, dataDir: told?.dataDir };
}

function judge(one: BanyanProcess, byPid: ReadonlyMap<number, BanyanProcess>, holderOf: HolderOf): Verdict {
  if (one.state === "Z") {
    return stray(`has ended, and process ${one.parentPid} has not collected it: end that one`);
  }
  const verdict = one.role === "worker" ? judgeWorker(one, byPid) : judgeHolder(one, holderOf);
  if (one.state !== "T" || verdict.isStray) return verdict;
  return atWork(`${verdict.why}; stopped by a signal: kill -CONT ${one.pid} lets it go on`);
}

function judgeWorker(one: BanyanProcess, byPid: ReadonlyMap<number, BanyanProcess>): Verdict {
  const host = byPid.get(one.parentPid);
  if (host?.role === "host" && host.state !== "Z") return atWork(`works for host ${host.pid}`);
  return stray(`its host is gone (its parent is now ${one.parentPid}): ${wayToEnd(one)}`);
}

function judgeHolder(one: BanyanProcess, holderOf: HolderOf): Verdict {
  if (one.dataDir === undefined) return atWork("its data directory is not known");
  const holder = holderOf(one.dataDir);
  if (holder === one.pid) return atWork(`holds ${one.dataDir}`);
  const why =
    holder === undefined
      ? `its lock on ${one.dataDir} is gone`
      : `process ${holder} holds ${one.dataDir} now`;
  return stray(`${why}: ${wayToEnd(one)}`);
}

/** What is stopped by a signal hears no other than SIGKILL. */
function wayToEnd({ pid, state }: BanyanProcess): string {
  return state === "T" ? `kill -KILL ${pid}` : `kill ${pid}`;
}

function stray(why: string): Verdict {
  return { isStray: true, why };
}

function atWork(why: string): Verdict {
  return { isStray: false, why };
}
