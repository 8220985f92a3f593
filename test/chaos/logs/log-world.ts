import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SlsServer } from "../../../deploy/dev/sls/sls-server.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { redisWord } from "../cluster/redis-word.ts";
import { ReaderHandle } from "./reader-handle.ts";
import { KEY, PROJECT } from "./sls-log.ts";

/** Processes that have loaded everything and wait: whoever is killed is replaced at once. */
const SPARES = 1;

/** What runs use one after the other: a server of SLS, a Redis where one is needed, and processes that can be readers. */
export class LogWorld {
  readonly server: SlsServer;
  readonly folder = mkdtempSync(join(tmpdir(), "banyan-log-chaos-"));
  readonly #spares: ReaderHandle[] = [];
  #redis: RedisServer | undefined = undefined;

  private constructor(server: SlsServer) {
    this.server = server;
  }

  static async start(): Promise<LogWorld> {
    const server = await SlsServer.open({ keys: [KEY] });
    server.store.createProject(PROJECT);
    return new LogWorld(server);
  }

  /** A folder of a run's own. */
  folderOf(run: string): string {
    const folder = join(this.folder, run);
    mkdirSync(folder);
    return folder;
  }

  /** A Redis in which nothing is. */
  async emptyRedis(): Promise<string> {
    this.#redis ??= await RedisServer.start();
    await redisWord(this.#redis.port, "FLUSHALL");
    return this.#redis.url;
  }

  /** A process that can be a reader; another one is loaded meanwhile. */
  async take(): Promise<ReaderHandle> {
    const taken = this.#spares.shift() ?? new ReaderHandle();
    while (this.#spares.length < SPARES) this.#spares.push(new ReaderHandle());
    await Promise.race([taken.loaded, taken.ended]);
    return taken;
  }

  /** A process whose node has ended in order. */
  giveBack(reader: ReaderHandle): void {
    if (reader.isAlive) this.#spares.unshift(reader);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#spares.map((spare) => spare.kill()));
    await this.#redis?.stop();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
