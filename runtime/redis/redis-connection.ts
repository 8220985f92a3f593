import { Cluster, Command, Redis } from "ioredis";
import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import { ClusterServers } from "./cluster-servers.ts";
import { clusterOptions, redisOptions } from "./redis-profile.ts";
import type { ConnectionWish, RedisPurpose } from "./redis-profile.ts";
import { isHopeless, reasonOf, redisFault } from "./redis-fault.ts";
import type { RedisScript } from "./redis-script.ts";
import { ScriptCalls, sendable } from "./script-calls.ts";
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
/** How soon a connection is made again that the library has given up. */
const REVIVE_AFTER_MS = 100;
/** How long `close` waits for the connection's end. */
const CLOSE_WITHIN_MS = 1000;
/** More than this does not wait for the end of its turn. */
const CORKED_BYTES_MAX = 16 * 1024;
/** What ioredis says of a command that had no answer in its time. */
const TIMED_OUT = "Command timed out";
/** Connections whose commands are for every server of a Redis Cluster. */
const SPEAKS_TO_ALL: ReadonlySet<RedisPurpose> = new Set<RedisPurpose>(["control", "commands", "replicated"]);
/** What a server of a Redis Cluster says of a hash slot that another one serves by now. */
const SERVED_ELSEWHERE = new Set(["MOVED", "ASK"]);

/** One connection to Redis (in a Redis Cluster: one to each node), made anew for as long as it takes when it is lost. */
export class RedisConnection implements RedisCommands {
  readonly purpose: RedisPurpose;
  readonly #client: Redis | Cluster;
  readonly #log: Logger;
  readonly #scripts: ScriptCalls;
  /** Undefined where there is but one. */
  readonly #servers: ClusterServers | undefined;
  readonly #onReady = new Set<() => void>();
  readonly #onLost = new Set<() => void>();
  readonly #onHopeless = new Set<() => void>();
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
    this.#client.on("error", (error: Error) => this.#failing(reasonOf(error)));
    this.#servers =
      this.#client instanceof Cluster
        ? new ClusterServers(this.#client, (node) => this.#found(node))
        : undefined;
    if (this.#client instanceof Redis) guardSocket(this.#client);
    this.#client.on("ready", () => this.#becameReady());
    this.#client.on("close", () => this.#becameLost());
    this.#client.on("end", () => this.#revive());
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
    const [[name, ...args] = ["batch"]] = commands;
    const failed = (command: string, error: unknown): Fault =>
      this.#failed(command, error, this.#nodeOf(new Command(name, args.map(sendable))));
    const executed = pipeline.exec().catch((error: unknown) => {
      throw failed("batch", error);
    });
    const results = (await executed) ?? [];
    return results.map(([error, answer], at) =>
      error === null ? answer : failed(commands[at]?.[0] ?? "batch", error),
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
    return this.#client.nodes("master").map((node) => this.#wayTo(node));
  }

  /** The way to the server at a place, `host:port`, as a Redis Cluster names it; its faults are those of `command`. */
  serverAt(place: string): RedisServer {
    const node = this.#servers?.at(place);
    if (node?.status === "ready") return this.#wayTo(node);
    // One that was lost is connected to again when the library hears of it again.
    this.#lookWhere();
    return (name) => Promise.reject(this.#unavailable(name));
  }

  #wayTo(node: Redis): RedisServer {
    return (name, ...args) => {
      const command = new Command(name, args.map(sendable), { replyEncoding: "utf8" });
      node.sendCommand(command);
      return command.promise.catch((error: unknown) => {
        throw this.#failed(name, error, node);
      });
    };
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

  /** Resolves when the first connection is made. @throws Fault redisUnavailable, with the reason in words: after a while, or at once when time does not mend it */
  async opened(withinMs = OPEN_WITHIN_MS): Promise<void> {
    if (!this.isReady) await this.#firstReady(withinMs);
    if (!(this.#client instanceof Cluster) || !SPEAKS_TO_ALL.has(this.purpose)) return;
    // Of a server that is away the commands for it will tell.
    await Promise.allSettled(this.#client.nodes("master").map((node) => node.ping()));
  }

  async #firstReady(withinMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        stop();
        this.#onHopeless.delete(refuse);
        settle();
      };
      const refuse = (): void => end(() => reject(this.#unavailable("connect")));
      const timer = setTimeout(refuse, withinMs);
      const stop = this.onReady(() => end(resolve));
      this.#onHopeless.add(refuse);
      if (isHopeless(this.#lastReason ?? "")) refuse();
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
    // So that it is known which one was silent.
    const node = typeof command.getSlot() === "number" ? undefined : this.#servers?.any();
    const status = (node ?? this.#nodeOf(command))?.status;
    // The library would refuse it in the words for one that was lost under way.
    if (status === "connecting" || status === "connect") return Promise.reject(this.#unavailable(name));
    (node ?? this.#client).sendCommand(command);
    this.#relieve();
    return command.promise.catch((error: unknown) => {
      throw this.#failed(name, error, node ?? this.#nodeOf(command));
    });
  }

  /** A server of a Redis Cluster is connected to before it is needed, because what is for it meanwhile is refused. */
  #found(node: Redis): void {
    guardSocket(node);
    const isPrimary = node.options.readOnly !== true;
    if (isPrimary && SPEAKS_TO_ALL.has(this.purpose)) node.connect().catch(() => undefined);
  }

  /** In a Redis Cluster, the server that serves the keys of a command. */
  #nodeOf(command: Command): Redis | undefined {
    return this.#servers?.of(command);
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

  /** Much leaves at once: the server may work on it while the rest comes. */
  #relieve(): void {
    if (this.#client instanceof Cluster || !this.#isCorked) return;
    const { stream } = this.#client;
    if (stream.writableLength < CORKED_BYTES_MAX) return;
    stream.uncork();
    stream.cork();
  }

  #failed(command: string, error: unknown, node?: Redis): Fault {
    // A server that does not answer this one is not asked anything more over this connection.
    if (error instanceof Error && error.message === TIMED_OUT) this.#giveUp(node);
    const fault = redisFault(error, { command, purpose: this.purpose });
    if (SERVED_ELSEWHERE.has(String(fault.details["reply"]))) this.#lookWhere();
    return fault;
  }

  /** Of a Redis Cluster only the server is given up that was silent: the others have nothing to do with it. */
  #giveUp(node: Redis | undefined): void {
    if (node === undefined) return this.reconnect();
    node.disconnect();
    this.#lookWhere();
  }

  /** Has it looked anew which server of a Redis Cluster serves what. */
  #lookWhere(): void {
    if (this.#client instanceof Cluster) this.#client.refreshSlotsCache();
  }

  #unavailable(command: string): Fault {
    const why = this.#lastReason ?? "not connected";
    return new Fault("redisUnavailable", { command, purpose: this.purpose, why });
  }

  #failing(reason: string): void {
    this.#lastReason = reason;
    if (isHopeless(reason)) for (const listener of this.#onHopeless) listener();
  }

  #becameReady(): void {
    this.#generation++;
    this.#isLost = false;
    this.#lastReason = undefined;
    this.#log.info("redis.ready", { purpose: this.purpose, generation: this.#generation });
    for (const listener of this.#onReady) listener();
  }

  /** The library gives up for good when a Sentinel tells of a failover while it is being asked for the primary. */
  #revive(): void {
    if (this.#isClosing) return;
    const again = (): void => {
      if (!this.#isClosing) this.#client.connect().catch(() => undefined);
    };
    setTimeout(again, REVIVE_AFTER_MS);
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

/** The library listens to the first error of a socket alone, and an encrypted one may have two: the second would end the process. */
function guardSocket(client: Redis): void {
  client.on("error", () => client.stream?.on("error", () => undefined));
}
