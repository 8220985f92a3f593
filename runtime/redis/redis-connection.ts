import { Cluster, Command, Redis } from "ioredis";
import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import { clusterOptions, redisOptions } from "./redis-profile.ts";
import type { ConnectionWish, RedisPurpose } from "./redis-profile.ts";
import { reasonOf, redisFault } from "./redis-fault.ts";
import type { RedisScript } from "./redis-script.ts";
import { ScriptCalls } from "./script-calls.ts";
import type { RedisArgument } from "./script-calls.ts";

export type { RedisArgument } from "./script-calls.ts";

/** One command of a batch. */
export type RedisCommand = readonly [name: string, ...args: RedisArgument[]];

/**
 * What can be asked of Redis. Names of commands are in lower case. Whatever rejects does so with a Fault: `redisUnavailable` (nothing was sent),
 * `redisUnanswered` (sent, and nobody knows whether it was carried out; it is never sent again) or `redisRefused` (Redis said no: `details.reply`).
 */
export interface RedisCommands {
  /** Answers texts, numbers, null, or lists of them; `hgetall` an object. */
  command(name: string, ...args: RedisArgument[]): Promise<unknown>;
  /** The same with bytes in place of texts. */
  commandBytes(name: string, ...args: RedisArgument[]): Promise<unknown>;
  /** Runs a script, in the order of the calls. */
  script(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown>;
  scriptBytes(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown>;
}

/** Asks one server; answers as `RedisCommands.command` does. */
export type RedisServer = (name: string, ...args: RedisArgument[]) => Promise<unknown>;

/** How long `opened` waits for a server that cannot be reached yet. */
const OPEN_WITHIN_MS = 10_000;
/** How long `close` waits for the connection's end. */
const CLOSE_WITHIN_MS = 1000;
/** What ioredis says of a command that had no answer in its time. */
const TIMED_OUT = "Command timed out";

/** One connection to Redis (in a Redis Cluster: one to each node), made anew for as long as it takes when it is lost. */
export class RedisConnection implements RedisCommands {
  readonly purpose: RedisPurpose;
  readonly #client: Redis | Cluster;
  readonly #log: Logger;
  readonly #scripts: ScriptCalls;
  readonly #onReady = new Set<() => void>();
  readonly #onLost = new Set<() => void>();
  #generation = 0;
  #lastReason: string | undefined = undefined;
  #isLost = true;
  #isClosing = false;
  #isCorked = false;

  constructor(wish: ConnectionWish, log: Logger) {
    this.purpose = wish.purpose;
    this.#log = log;
    this.#client = connected(wish);
    this.#scripts = new ScriptCalls((name, args, wantsBytes) => this.#send(name, args, wantsBytes));
    this.#client.on("error", (error: Error) => (this.#lastReason = reasonOf(error)));
    this.#client.on("ready", () => this.#becameReady());
    this.#client.on("close", () => this.#becameLost());
  }

  get isReady(): boolean {
    if (this.#client.status !== "ready") return false;
    // One that is given up is still called ready until its socket has closed.
    return this.#client instanceof Cluster || this.#client.stream.writable;
  }

  /** Counts the connections made: another one may lead to another server, or to one that has forgotten something. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether the keys lie on several servers. */
  get isCluster(): boolean {
    return this.#client instanceof Cluster;
  }

  /** Calls with each message of a sharded channel. */
  onMessage(listener: (channel: string, message: Buffer) => void): void {
    this.#client.on("smessageBuffer", (channel: Buffer, message: Buffer) => {
      listener(channel.toString(), message);
    });
  }

  command(name: string, ...args: RedisArgument[]): Promise<unknown> {
    return this.#send(name, args, false);
  }

  commandBytes(name: string, ...args: RedisArgument[]): Promise<unknown> {
    return this.#send(name, args, true);
  }

  script(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown> {
    return this.#scripts.run({ script, keys, args, wantsBytes: false });
  }

  scriptBytes(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    return this.#scripts.run({ script, keys, args, wantsBytes: true });
  }

  /**
   * Sends commands in one piece to one server, one behind the other; the keys of all are in one hash slot. Resolves with the answer to each, or with the
   * fault in place of it: one that fails does not keep the next from being carried out.
   */
  async batch(commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    if (!this.isReady) throw this.#unavailable("batch");
    const pipeline = this.#client.pipeline(commands.map(([name, ...args]) => [name, ...args.map(sendable)]));
    const executed = pipeline.exec().catch((error: unknown) => {
      throw this.#failed("batch", error);
    });
    const results = (await executed) ?? [];
    return results.map(([error, answer], at) =>
      error === null ? answer : this.#failed(commands[at]?.[0] ?? "batch", error),
    );
  }

  /** Asks each server: the one there is, or every primary of a Redis Cluster. */
  async everywhere(name: string, ...args: RedisArgument[]): Promise<readonly unknown[]> {
    return Promise.all(this.servers().map((server) => server(name, ...args)));
  }

  /** One way to each server: the one there is, or every primary of a Redis Cluster. Its faults are those of `command`. */
  servers(): readonly RedisServer[] {
    if (!(this.#client instanceof Cluster)) return [(name, ...args) => this.command(name, ...args)];
    if (!this.isReady) throw this.#unavailable("servers");
    return this.#client.nodes("master").map((node) => (name: string, ...args: RedisArgument[]) => {
      const command = new Command(name, args.map(sendable), { replyEncoding: "utf8" });
      node.sendCommand(command);
      return command.promise.catch((error: unknown) => {
        throw this.#failed(name, error);
      });
    });
  }

  /** Calls after each connection that is made; answers how to stop that. */
  onReady(listener: () => void): () => void {
    this.#onReady.add(listener);
    return () => void this.#onReady.delete(listener);
  }

  /** Calls when a connection is lost; answers how to stop that. */
  onLost(listener: () => void): () => void {
    this.#onLost.add(listener);
    return () => void this.#onLost.delete(listener);
  }

  /** Gives the connection up and makes another one. What waits for an answer ends as `redisUnanswered`. */
  reconnect(): void {
    if (this.isReady) this.#client.disconnect(true);
  }

  /** Resolves when the first connection is made. @throws Fault redisUnavailable, with the reason in words */
  async opened(withinMs = OPEN_WITHIN_MS): Promise<void> {
    if (this.isReady) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(this.#unavailable("connect"));
      }, withinMs);
      const stop = this.onReady(() => {
        clearTimeout(timer);
        stop();
        resolve();
      });
    });
  }

  /** Ends the connection for good. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#client.status === "end") return;
    await new Promise<void>((resolve) => {
      // The library tells nothing of the end of a Redis Cluster of which it has not found a node.
      const timer = setTimeout(resolve, CLOSE_WITHIN_MS);
      this.#client.once("end", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#client.disconnect();
    });
  }

  #send(name: string, args: readonly RedisArgument[], wantsBytes: boolean): Promise<unknown> {
    if (!this.isReady) return Promise.reject(this.#unavailable(name));
    const command = new Command(name, args.map(sendable), { replyEncoding: wantsBytes ? null : "utf8" });
    if (!this.#isCorked) this.#cork();
    this.#client.sendCommand(command);
    return command.promise.catch((error: unknown) => {
      throw this.#failed(name, error);
    });
  }

  /** What is sent in one turn of the program leaves in one write. */
  #cork(): void {
    if (this.#client instanceof Cluster) return;
    const { stream } = this.#client;
    this.#isCorked = true;
    stream.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      stream.uncork();
    });
  }

  #failed(command: string, error: unknown): Fault {
    // A server that does not answer this one is not asked anything more over this connection.
    if (error instanceof Error && error.message === TIMED_OUT) this.reconnect();
    return redisFault(error, { command, purpose: this.purpose });
  }

  #unavailable(command: string): Fault {
    const why = this.#lastReason ?? "not connected";
    return new Fault("redisUnavailable", { command, purpose: this.purpose, why });
  }

  #becameReady(): void {
    this.#generation++;
    this.#isLost = false;
    this.#lastReason = undefined;
    this.#log.info("redis.ready", { purpose: this.purpose, generation: this.#generation });
    for (const listener of this.#onReady) listener();
  }

  #becameLost(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    const lost = { purpose: this.purpose, why: this.#lastReason };
    if (!this.#isClosing) this.#log.warn("redis.lost", lost);
    for (const listener of this.#onLost) listener();
  }
}

function connected(wish: ConnectionWish): Redis | Cluster {
  if (wish.target.kind !== "cluster") return new Redis(redisOptions(wish));
  return new Cluster(
    wish.target.hosts.map((host) => ({ ...host })),
    clusterOptions(wish),
  );
}

/** The library takes bytes for bytes only as a `Buffer`. */
function sendable(argument: RedisArgument): string | number | Buffer {
  if (!(argument instanceof Uint8Array) || Buffer.isBuffer(argument)) return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
