/** What a process of banyan is: by its title. */
export type ProcessRole = "host" | "worker" | "node";

/** The titles that processes give themselves; `pidof banyan-host` finds the host by its own. */
export const HOST_TITLE = "banyan-host";
/** A node in one process, without a host. */
export const NODE_TITLE = "banyan-node";

/** A process of banyan, as the system shows it. */
export interface BanyanProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly title: string;
  readonly role: ProcessRole;
  /** One letter, as `ps` has it: `S` sleeping, `R` running, `T` stopped by a signal, `Z` ended and not collected. */
  readonly state: string;
  readonly rssBytes: number;
  readonly startedAtMs: number | undefined;
  /** The folder that it was started in; undefined when that may not be read. */
  readonly folder: string | undefined;
  /** Undefined when the system does not say. */
  readonly dataDir: string | undefined;
}

/** The clock of /proc ticks a hundred times a second on every Linux. */
const TICK_MS = 10;
/** Fields of /proc/PID/stat behind the name, which stands in brackets and may hold anything: see proc(5). */
const STAT_FIELDS = { state: 0, parentPid: 1, began: 19 } as const;
const KIBIBYTE = 1_024;

/** The title of a worker: comm, which `ps` and `top` show, holds 15 letters of it. */
export function workerTitle(number: number): string {
  return `banyan-worker ${number}`;
}

/** What the process with a title is; undefined when it is none of ours. Pure. */
export function roleOf(title: string): ProcessRole | undefined {
  if (title === HOST_TITLE) return "host";
  if (title === NODE_TITLE) return "node";
  return /^banyan-worker \d+$/.test(title) ? "worker" : undefined;
}

/** Reads /proc/PID/stat; undefined when it is not such a text. Pure. */
export function parseStat(
  text: string,
  bootedAtMs: number,
): { name: string; state: string; parentPid: number; startedAtMs: number } | undefined {
  const nameEnd = text.lastIndexOf(")");
  const fields = text.slice(nameEnd + 2).split(" ");
  const began = fields[STAT_FIELDS.began];
  if (nameEnd < 0 || began === undefined) return undefined;
  return {
    name: text.slice(text.indexOf("(") + 1, nameEnd),
    state: fields[STAT_FIELDS.state] ?? "?",
    parentPid: Number(fields[STAT_FIELDS.parentPid]),
    startedAtMs: bootedAtMs + Number(began) * TICK_MS,
  };
}

/** Reads what `ps -axo pid=,ppid=,stat=,rss=,etime=,command=` has printed. Pure. */
export function parsePs(text: string, nowMs: number): BanyanProcess[] {
  return text.split("\n").flatMap((line): BanyanProcess[] => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+([\d:-]+)\s+(.*?)\s*$/.exec(line);
    if (found === null) return [];
    const [, pid, parentPid, state = "?", rss, elapsed = "", title = ""] = found;
    const role = roleOf(title);
    if (role === undefined) return [];
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        title,
        role,
        state: state.charAt(0),
        rssBytes: Number(rss) * KIBIBYTE,
        startedAtMs: nowMs - elapsedMs(elapsed),
        folder: undefined,
        dataDir: undefined,
      },
    ];
  });
}

/** `[[days-]hours:]minutes:seconds`, as `ps` writes it. Pure. */
function elapsedMs(text: string): number {
  const [clock = "", days = "0"] = text.split("-").toReversed();
  const seconds = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1_000;
}
