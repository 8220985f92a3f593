import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { freePort, RedisServer } from "./redis-server.ts";
import type { RedisSettings } from "./redis-server.ts";

const NAME = "store";
const SENTINELS = 3;
const QUORUM = 2;
/** How soon a silent primary is taken for dead, in milliseconds: not for a moment in which the machine does something else. */
const DOWN_AFTER_MS = 1_500;
const FAILOVER_WITHIN_MS = 3_000;
/** They talk to each other, and look at the servers, more often than they usually do. */
const HASTE = ["publish-period", "200", "info-period", "300", "ask-period", "200"];

/** A primary with replicas, and Sentinels that watch over them, all on free ports. */
export class RedisSentinels {
  readonly servers: readonly RedisServer[];
  readonly #ports: readonly number[];
  readonly #folder: string;
  #processes: ChildProcess[] = [];

  private constructor(servers: readonly RedisServer[], ports: readonly number[]) {
    this.servers = servers;
    this.#ports = ports;
    this.#folder = mkdtempSync(join(tmpdir(), "banyan-sentinels-"));
    process.once("exit", this.#abandon);
  }

  /** Starts a primary with two replicas; the Sentinels know of all of them, and of each other, when this resolves. */
  static async start(settings: RedisSettings = {}): Promise<RedisSentinels> {
    const primary = await RedisServer.start(settings);
    const follows = { ...settings, replicaof: `127.0.0.1 ${primary.port}` };
    const replicas = await Promise.all([RedisServer.start(follows), RedisServer.start(follows)]);
    await primary.untilInfo("replication", /slave1:.*state=online/);
    const ports = await Promise.all(Array.from({ length: SENTINELS }, freePort));
    const sentinels = new RedisSentinels([primary, ...replicas], ports);
    await sentinels.#begin(primary);
    return sentinels;
  }

  get url(): string {
    return `redis+sentinel://${this.#ports.map((port) => `127.0.0.1:${port}`).join()}/${NAME}`;
  }

  /** The primary, as the Sentinels name it. */
  get primary(): RedisServer {
    const [, port] = this.#ask(this.#ports[0] ?? 0, "get-master-addr-by-name", NAME);
    const found = this.servers.find((server) => server.port === Number(port));
    if (found === undefined) throw new Error(`no server on port ${port}`);
    return found;
  }

  /** One that follows the primary. */
  get replica(): RedisServer {
    const { primary } = this;
    const found = this.servers.find((server) => server !== primary && server.isRunning);
    if (found === undefined) throw new Error("no replica runs");
    return found;
  }

  /** Kills the primary; another one has taken over when this resolves. */
  async killPrimary(): Promise<RedisServer> {
    const killed = this.primary;
    await killed.kill("SIGKILL");
    await eventually(() => this.primary === killed, false);
    return killed;
  }

  async stop(): Promise<void> {
    for (const child of this.#processes.splice(0)) {
      const gone = once(child, "exit");
      child.ref();
      child.kill("SIGKILL");
      await gone;
    }
    process.off("exit", this.#abandon);
    rmSync(this.#folder, { recursive: true, force: true });
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #begin(primary: RedisServer): Promise<void> {
    this.#processes = this.#ports.map((port) => {
      const file = join(this.#folder, `${port}.conf`);
      const watch = [
        `monitor ${NAME} 127.0.0.1 ${primary.port} ${QUORUM}`,
        `down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
        `failover-timeout ${NAME} ${FAILOVER_WITHIN_MS}`,
      ];
      const lines = [`port ${port}`, "bind 127.0.0.1", `dir ${this.#folder}`];
      writeFileSync(file, [...lines, ...watch.map((words) => `sentinel ${words}`)].join("\n"));
      const child = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" });
      child.unref();
      return child;
    });
    for (const port of this.#ports) {
      await eventually(() => this.#ask(port, "debug", ...HASTE).join(), "OK");
      const known = (): string[] => {
        const words = this.#ask(port, "master", NAME);
        return ["num-slaves", "num-other-sentinels"].map((name) => words[words.indexOf(name) + 1] ?? "");
      };
      await eventually(known, [String(this.servers.length - 1), String(SENTINELS - 1)]);
    }
  }

  #ask(port: number, ...words: readonly string[]): string[] {
    const { stdout } = spawnSync("redis-cli", ["-p", String(port), "sentinel", ...words], {
      encoding: "utf8",
    });
    return stdout.trim().split("\n");
  }

  readonly #abandon = (): void => {
    for (const child of this.#processes) child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  };
}
