import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Settings of redis-server, as `redis.conf` names them. */
export type RedisSettings = Readonly<Record<string, string>>;

const DEFAULTS: RedisSettings = {
  bind: "127.0.0.1",
  save: "",
  appendonly: "yes",
  appendfsync: "always",
  "maxmemory-policy": "noeviction",
  "repl-diskless-sync-delay": "0",
};
const START_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** A redis-server of a test's own: on a free port, with a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly folder: string;
  readonly #settings: RedisSettings;
  #process: ChildProcess | undefined = undefined;

  private constructor(port: number, settings: RedisSettings) {
    this.port = port;
    this.#settings = { ...DEFAULTS, ...settings, port: String(port) };
    this.folder = mkdtempSync(join(tmpdir(), "banyan-redis-"));
    process.once("exit", this.#abandon);
  }

  /** Starts one; it is ready when this resolves. */
  static async start(settings: RedisSettings = {}): Promise<RedisServer> {
    const server = await RedisServer.prepare(settings);
    await server.start();
    return server;
  }

  /** One that does not run yet: it has its port and its folder. */
  static async prepare(settings: RedisSettings = {}): Promise<RedisServer> {
    return new RedisServer(await freePort(), settings);
  }

  /** Starts a primary and a replica of it that has caught up. */
  static async pair(settings: RedisSettings = {}): Promise<{ primary: RedisServer; replica: RedisServer }> {
    const primary = await RedisServer.start(settings);
    const replica = await RedisServer.start({ ...settings, replicaof: `127.0.0.1 ${primary.port}` });
    await primary.untilInfo("replication", /slave0:.*state=online/);
    return { primary, replica };
  }

  /** Starts a Redis Cluster of one node, which has all slots. */
  static async clusterOfOne(settings: RedisSettings = {}): Promise<RedisServer> {
    const server = await RedisServer.start({
      ...settings,
      "cluster-enabled": "yes",
      "cluster-announce-ip": "127.0.0.1",
      "cluster-port": String(await freePort()),
    });
    server.cli("cluster", "addslotsrange", "0", "16383");
    await server.untilCli(["cluster", "info"], /cluster_state:ok/);
    return server;
  }

  get url(): string {
    const scheme = this.#settings["cluster-enabled"] === "yes" ? "redis+cluster" : "redis";
    return `${scheme}://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("the redis-server does not run");
    return pid;
  }

  /** Starts it, again in the same folder and on the same port after it was stopped. */
  async start(): Promise<void> {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => [
      `--${name}`,
      ...wordsOf(name, value),
    ]);
    this.#process = spawn(
      "redis-server",
      [...settings, "--dir", this.folder, "--logfile", join(this.folder, "log")],
      {
        stdio: "ignore",
      },
    );
    // A test that could not stop it is not kept from ending.
    this.#process.unref();
    await this.untilCli(["ping"], /PONG|NOAUTH/);
  }

  /** Ends it by a signal, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** It stays connected and answers nothing. */
  pause(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  resume(): void {
    process.kill(this.pid, "SIGCONT");
  }

  /** Asks it something from outside, as `redis-cli` would. */
  cli(...command: readonly string[]): string {
    const password = this.#settings["requirepass"];
    const access = password === undefined ? [] : ["-a", password, "--no-auth-warning"];
    const { stdout, stderr } = spawnSync("redis-cli", ["-p", String(this.port), ...access, ...command], {
      encoding: "utf8",
    });
    return (stdout + stderr).trim();
  }

  /** Waits until the answer to a command looks like this. */
  async untilCli(command: readonly string[], expected: RegExp): Promise<void> {
    const endMs = performance.now() + START_WITHIN_MS;
    for (;;) {
      const seen = (await this.#isListening()) ? this.cli(...command) : "nothing listens";
      if (expected.test(seen)) return;
      const problem = `redis-server ${this.port}: ${command.join(" ")}: ${seen}`;
      if (performance.now() > endMs) throw new Error(problem);
      await sleep(LOOK_EVERY_MS);
    }
  }

  untilInfo(section: string, expected: RegExp): Promise<void> {
    return this.untilCli(["info", section], expected);
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    process.off("exit", this.#abandon);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What a test has left that failed before it could stop it goes with its process. */
  readonly #abandon = (): void => {
    this.#process?.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  };

  async #isListening(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}

/** `save ""` is one empty word; `replicaof HOST PORT` is two. */
function wordsOf(name: string, value: string): string[] {
  return name === "replicaof" ? value.split(" ") : [value];
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
