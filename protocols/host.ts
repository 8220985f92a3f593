/**
 * What the host and its workers say to each other over their channel, and what commands say to the host over the
 * control socket. Plain data; a handle (a listening or a connected socket) travels beside a message where it says so.
 */

/** Where a worker is reached. */
export interface WorkerUrls {
  readonly opsUrl: string;
  /** By the listener's name. */
  readonly listeners: Readonly<Record<string, string>>;
}

/** The memory of a process, in bytes. */
export interface ProcessMemory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

/** How a worker is, as it says itself with each beat. */
export interface WorkerVitals {
  readonly memory: ProcessMemory;
  /** HTTP requests and frames of clients that it has taken since its start. */
  readonly requests: number;
  /** Open connections of clients. */
  readonly connections: number;
  /** Turns that were given up and have not ended. */
  readonly zombies: number;
}

/** What becomes of a worker: `starting` until it has said `prepared`, `leaving` once it hands over or stops. */
export type WorkerState = "starting" | "prepared" | "serving" | "leaving";

/** One process as the host sees it. */
export interface HostProcess {
  readonly role: "host" | "worker";
  /** 0 for the host. */
  readonly number: number;
  readonly pid: number;
  readonly state: WorkerState;
  readonly version: string;
  readonly startedAtMs: number;
  readonly vitals: WorkerVitals | undefined;
  /** How long ago it gave its last sign of life, in milliseconds. */
  readonly lastBeatMs: number | undefined;
  /** How fast its memory grows; undefined while too little is known. */
  readonly bytesPerMinute: number | undefined;
}

/** A worker that is gone, and what its end meant. */
export interface EndedWorker {
  readonly number: number;
  readonly pid: number;
  readonly atMs: number;
  readonly lifeMs: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** `expected`, `crashed`, `outOfMemory` and so on. */
  readonly kind: string;
  readonly text: string;
  readonly advice: string | undefined;
}

/** A worker that was replaced because it was worn out, and why. */
export interface RecycledWorker {
  readonly number: number;
  readonly pid: number;
  readonly atMs: number;
  readonly cause: string;
  readonly text: string;
}

/** A change that did not happen: what was there before serves on. */
export interface RefusedReload {
  readonly atMs: number;
  readonly why: string;
}

/** All that the host knows of its processes. */
export interface HostReport {
  readonly processes: readonly HostProcess[];
  /** Latest first; bounded. */
  readonly ended: readonly EndedWorker[];
  /** Latest first; bounded. */
  readonly recycled: readonly RecycledWorker[];
  /** Latest first; bounded. */
  readonly refusedReloads?: readonly RefusedReload[];
  /** What the host is at: `serving`, `reloading`, `restarting`, `waiting` (for the next try) or `stopping`. */
  readonly doing: HostActivity;
  readonly urls: WorkerUrls | undefined;
  readonly restarts: number;
  readonly reloads: number;
}
export type HostActivity = "starting" | "serving" | "reloading" | "restarting" | "waiting" | "stopping";

/** What a command asks of the host. */
export type HostCommand =
  | { readonly kind: "status" }
  | { readonly kind: "reload" }
  | { readonly kind: "restart" }
  | { readonly kind: "stop" };

/** What the host answers a command with, a line each: events on the way, and last the outcome. */
export type HostAnswer =
  | { readonly kind: "event"; readonly text: string }
  | { readonly kind: "report"; readonly report: HostReport }
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "refused"; readonly code: HostRefusal; readonly text: string };

/**
 * Why a command was refused. `alreadyReloading`: one change at a time. `unfit`: the new code cannot start; the old one
 * runs on. `notHandedOver`: the new worker failed on the way; the old one has gone on.
 */
export type HostRefusal = "alreadyReloading" | "stopping" | "unfit" | "notHandedOver" | "unknownCommand";

/** What a worker says to its host. */
export type FromWorker =
  /** The first word: the process runs this version. */
  | { readonly kind: "hello"; readonly pid: number; readonly version: string }
  /** Code and settings are loaded and the node is built; nothing is served yet. */
  | { readonly kind: "prepared" }
  /** Asks for a listening socket. */
  | {
      readonly kind: "bind";
      readonly id: number;
      readonly listener: string;
      readonly host: string;
      readonly port: number;
    }
  /** Every port is open. */
  | { readonly kind: "serving"; readonly urls: WorkerUrls }
  /** The answer to the host's beat, from the main loop. */
  | ({ readonly kind: "beat"; readonly beat: number } & WorkerVitals)
  /** The loop will stand still knowingly, for so long at most. */
  | { readonly kind: "expectBlock"; readonly forMs: number }
  /** It belongs to a cluster under this name from now on: when it has ended, another worker says so to the others. */
  | { readonly kind: "joined"; readonly incarnation: string }
  /** It is worn out by what only it can see, and wants to be replaced. */
  | { readonly kind: "wantsRecycle"; readonly reason: string }
  /** It cannot start, and says why in words for the operator. */
  | { readonly kind: "refused"; readonly text: string; readonly exitCode: number }
  /** To the other worker of a reload; a connected socket may come with it. */
  | { readonly kind: "peer"; readonly data: unknown }
  /** Everything has moved to the other worker; `lost` connections could not. */
  | { readonly kind: "handedOver"; readonly connections: number; readonly lost: number }
  /** An operator's command, from the operators' port. Answered with `answer` and the same id. */
  | { readonly kind: "command"; readonly id: number; readonly command: HostCommand };

/** What the host says to a worker. */
export type ToWorker =
  /** Asks for a sign of life. */
  | { readonly kind: "beat"; readonly beat: number }
  /** The other worker of a reload has ended before it had handed everything over: serve with what has come. */
  | { readonly kind: "predecessorGone" }
  /**
   * Open the doors. `isFirst`: the first worker of this host, which greets the operator; `isTerminal`: who sits at a
   * terminal, so that a secret may be shown.
   */
  | { readonly kind: "serve"; readonly isFirst: boolean; readonly isTerminal?: boolean }
  /** The listening socket that was asked for comes with this. */
  | { readonly kind: "bound"; readonly id: number }
  | {
      readonly kind: "bindFailed";
      readonly id: number;
      readonly code: string;
      readonly syscall: string;
      readonly message: string;
    }
  /** A predecessor will send everything it has; take it, then serve. */
  | { readonly kind: "adopt" }
  /** Move everything to the peer. */
  | { readonly kind: "handOver" }
  /** The hand-over has failed: go on yourself. */
  | { readonly kind: "keep" }
  /** From the other worker of a reload; a connected socket may come with it. */
  | { readonly kind: "peer"; readonly data: unknown }
  /** Stop in order within so long; `signal` is why, where a signal is why. */
  | { readonly kind: "stop"; readonly withinMs: number; readonly signal: string | undefined }
  /** The process of this member of the cluster has ended: say so to the others. */
  | { readonly kind: "reaped"; readonly incarnation: string }
  /** What the host knows of all its processes, each second. */
  | { readonly kind: "processes"; readonly report: HostReport }
  /** What became of a command. */
  | { readonly kind: "answer"; readonly id: number; readonly answer: HostAnswer };
