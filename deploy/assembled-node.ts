import type { NodeSettings } from "../protocols/settings.ts";
import { BanyanNode } from "../runtime/node.ts";
import type { NodeUrls } from "../runtime/feature.ts";
import type { NodeParts } from "../runtime/node.ts";
import type { Fault } from "../runtime/fault.ts";
import { LoopBeats } from "../runtime/supervision/watchdog/loop-beats.ts";
import type { Watchdog } from "../runtime/supervision/watchdog/watchdog.ts";
import type { CountingLog } from "../runtime/telemetry/counting-log.ts";
import { banner } from "./banner.ts";
import { openDataDirectory } from "./data-directory.ts";
import type { Onlooker } from "./host/control/starter.ts";
import { openLog } from "./node-log.ts";
import type { ClusterStores } from "./open-cluster.ts";
import { nodeStores } from "./open-stores.ts";
import { fillInSecrets } from "./node-secrets.ts";
import type { ReadySettings } from "./node-secrets.ts";
import { EXIT_CODES } from "./refusal.ts";
import { FEATURES } from "./roles.ts";
import { version } from "./version.ts";
import { withinRoles } from "./worker-plan.ts";
import { watchLoop } from "./watch-loop.ts";
import { keepHeapLean } from "./lean-heap.ts";
import { keepYoungGeneration } from "./young-generation.ts";

/** How long a node that has failed may take to say goodbye. */
const FAILED_STOP_WITHIN_MS = 3_000;

/** What differs between a node in one process and a worker of a host. */
export interface AssemblyOptions extends Pick<NodeParts, "bindSocket" | "hostLink" | "onStopAsked"> {
  readonly hasHost: boolean;
  /** The loop will stand still knowingly, for so long at most. */
  readonly onExpectBlock?: (forMs: number) => void;
  /** The node has begun a life in its cluster; called again for each next one. */
  readonly onIncarnation?: (incarnation: string) => void;
  /** Ends the process: the node is stopped as well as it could be. */
  readonly end: (exitCode: number) => void;
}

/** What must be there before a node. */
interface Foundation {
  readonly ready: ReadySettings;
  readonly log: CountingLog;
  /** Undefined for a node that stands alone. */
  readonly cluster: ClusterStores | undefined;
}

/** A node with all that a process around it needs: secrets, log, watchdog. */
export class AssembledNode {
  readonly node: BanyanNode;
  readonly log: CountingLog;
  readonly settings: NodeSettings;
  readonly #ready: ReadySettings;
  readonly #options: AssemblyOptions;
  readonly #beats: LoopBeats;
  #watchdog: Watchdog | undefined = undefined;
  #isStopping = false;

  /**
   * Puts a node together; what only one process may have open is opened when it serves. @throws Refusal when the data directory, a secret in it or
   * the Redis of the cluster is not fit
   */
  static async open(given: NodeSettings, options: AssemblyOptions): Promise<AssembledNode> {
    const ready = fillInSecrets(withinRoles(given), openDataDirectory(given.dataDir));
    const log = openLog(given);
    return new AssembledNode(options, { ready, log, cluster: await clusterOf(given, log, options) });
  }

  private constructor(options: AssemblyOptions, { ready, log, cluster }: Foundation) {
    this.#options = options;
    this.#ready = ready;
    this.settings = ready.settings;
    this.log = log;
    for (const secret of [this.#ready.opsToken, this.#ready.pushKey]) {
      if (secret?.isNew === true) log.info("data.secretMade", { path: secret.path });
    }
    this.#beats = new LoopBeats({
      onExpected: (reason, maxMs) => {
        log.info("loop.blockExpected", { reason, maxMs });
        options.onExpectBlock?.(maxMs);
      },
    });
    const { bindSocket, hostLink, onStopAsked } = options;
    const onBroken = (err: Fault): void => this.#lose(err);
    this.node = new BanyanNode({
      ...(bindSocket === undefined ? {} : { bindSocket }),
      ...(hostLink === undefined ? {} : { hostLink }),
      ...(onStopAsked === undefined ? {} : { onStopAsked }),
      ...(cluster ?? nodeStores(this.settings, { log, onBroken })),
      settings: this.settings,
      log,
      version: version(),
      features: FEATURES,
      expectBlock: this.#beats.expect,
      onFailure: () => void this.#fail(),
    });
    keepYoungGeneration();
    keepHeapLean(this.settings);
  }

  /** Has the event loop watched from now on. */
  watch(): void {
    const { settings, log, node } = this;
    const { hasHost } = this.#options;
    this.#watchdog = watchLoop({ settings, system: node.system, log, beats: this.#beats, hasHost });
  }

  /** Tells the log, and the operator who looks on, where the node is reached. */
  greet(pid: number, onlooker: Onlooker): NodeUrls {
    const urls = this.node.urls();
    if (onlooker !== "none" && this.settings.log.format !== "json") {
      const shown = banner({
        version: version(),
        node: { pid, workers: [], ...urls },
        ready: this.#ready,
        folder: process.cwd(),
        isTerminal: onlooker === "terminal",
      });
      process.stderr.write(`${shown}\n`);
    }
    this.log.info("node.started", { version: version(), pid, ...urls });
    return urls;
  }

  /** A process of this host has ended that was a member of the cluster. If the store cannot be told, its lease lapses all the same. */
  bury(incarnation: string): void {
    this.node.cluster?.reaped(incarnation).catch((err: unknown) => {
      this.log.warn("cluster.burialFailed", { incarnation, why: (err as Error).message });
    });
  }

  /** Stops the node in order, then ends the process; does so once. */
  async stop(withinMs: number, signal: string | undefined): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const { log } = this;
    log.info("node.stopping", { signal });
    const stoppedInTime = await this.node.stop(withinMs);
    // Last, because a stop may block the loop too.
    await this.#watchdog?.stop();
    if (stoppedInTime) log.info("node.stopped");
    else log.error("node.stopTimedOut", { withinMs });
    this.#options.end(stoppedInTime ? EXIT_CODES.ok : EXIT_CODES.failed);
  }

  /** What the disk holds is known again when another process has looked: whoever still waits for a commit is told that this is unknown. */
  #lose(err: Fault): void {
    this.log.fatal("journal.broken", { err });
    void this.#fail();
  }

  /** The tree can no longer help itself, but its clients shall still hear that the node goes. */
  async #fail(): Promise<void> {
    await this.node.stop(FAILED_STOP_WITHIN_MS);
    this.#options.end(EXIT_CODES.failed);
  }
}

/** A node that stands alone starts without what it takes to speak to Redis. */
async function clusterOf(
  settings: NodeSettings,
  log: CountingLog,
  { onIncarnation }: AssemblyOptions,
): Promise<ClusterStores | undefined> {
  if (settings.cluster.redis === undefined) return undefined;
  const { openCluster } = await import("./open-cluster.ts");
  return openCluster(settings, log, onIncarnation);
}
