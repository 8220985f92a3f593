import type { NodeSettings } from "../protocols/settings.ts";
import { BanyanNode } from "../runtime/node.ts";
import type { NodeParts, NodeUrls } from "../runtime/node.ts";
import { LoopBeats } from "../runtime/supervision/watchdog/loop-beats.ts";
import type { Watchdog } from "../runtime/supervision/watchdog/watchdog.ts";
import type { CountingLog } from "../runtime/telemetry/counting-log.ts";
import { banner } from "./banner.ts";
import { openDataDirectory } from "./data-directory.ts";
import type { Onlooker } from "./host/control/starter.ts";
import { openLog } from "./node-log.ts";
import { fillInSecrets } from "./node-secrets.ts";
import type { ReadySettings } from "./node-secrets.ts";
import { EXIT_CODES } from "./refusal.ts";
import { FEATURES } from "./roles.ts";
import { version } from "./version.ts";
import { watchLoop } from "./watch-loop.ts";
import { keepYoungGeneration } from "./young-generation.ts";

/** How long a node that has failed may take to say goodbye. */
const FAILED_STOP_WITHIN_MS = 3_000;

/** What differs between a node in one process and a worker of a host. */
export interface AssemblyOptions extends Pick<NodeParts, "bindSocket" | "hostLink" | "onStopAsked"> {
  readonly hasHost: boolean;
  /** The loop will stand still knowingly, for so long at most. */
  readonly onExpectBlock?: (forMs: number) => void;
  /** Ends the process: the node is stopped as well as it could be. */
  readonly end: (exitCode: number) => void;
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

  /** @throws Refusal when the data directory or a secret in it is not fit */
  constructor(given: NodeSettings, options: AssemblyOptions) {
    this.#options = options;
    this.#ready = fillInSecrets(given, openDataDirectory(given.dataDir));
    this.settings = this.#ready.settings;
    const log = (this.log = openLog(given));
    for (const secret of [this.#ready.opsToken, this.#ready.pushKey]) {
      if (secret?.isNew === true) log.info("data.secretMade", { path: secret.path });
    }
    this.#beats = new LoopBeats({
      onExpected: (reason, maxMs) => {
        log.info("loop.blockExpected", { reason, maxMs });
        options.onExpectBlock?.(maxMs);
      },
    });
    const { hasHost: _hasHost, onExpectBlock: _onExpectBlock, end: _end, ...wiring } = options;
    this.node = new BanyanNode({
      ...wiring,
      settings: this.settings,
      log,
      version: version(),
      features: FEATURES,
      expectBlock: this.#beats.expect,
      onFailure: () => void this.#fail(),
    });
    keepYoungGeneration();
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

  /** The tree can no longer help itself, but its clients shall still hear that the node goes. */
  async #fail(): Promise<void> {
    await this.node.stop(FAILED_STOP_WITHIN_MS);
    this.#options.end(EXIT_CODES.failed);
  }
}
