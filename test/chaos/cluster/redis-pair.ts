import { setTimeout as pause } from "node:timers/promises";
import { RedisServer } from "../../support/redis-server.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { redisWord } from "./redis-word.ts";

/** A primary that is cut off from its replica notices within this time. */
const SETTINGS = { "repl-timeout": "5", "repl-ping-replica-period": "1" };
const LOOK_EVERY_MS = 20;
const IN_STEP_WITHIN_MS = 60_000;
const STARTED_WITHIN_MS = 60_000;

/** A primary and its replica, which change places when the primary dies. Between them is a way on which anything can happen. */
export class RedisPair {
  primary: RedisServer;
  replica: RedisServer;
  /** Over which the replica follows. */
  readonly following: FaultProxy;

  private constructor(primary: RedisServer, replica: RedisServer, following: FaultProxy) {
    this.primary = primary;
    this.replica = replica;
    this.following = following;
  }

  static async start(): Promise<RedisPair> {
    const [primary, replica] = await Promise.all([RedisServer.start(SETTINGS), RedisServer.start(SETTINGS)]);
    const pair = new RedisPair(primary, replica, await FaultProxy.open(primary.port));
    await pair.follow();
    return pair;
  }

  /** Has the replica follow, and waits until it is in step. */
  async follow(): Promise<void> {
    const { port } = this.following;
    await redisWord(this.replica.port, "REPLICAOF", "127.0.0.1", `${port}`);
    await this.untilInStep();
  }

  async untilInStep(): Promise<void> {
    const endMs = performance.now() + IN_STEP_WITHIN_MS;
    for (;;) {
      // 1 as soon as a replica has everything; Redis waits for it itself.
      if ((await redisWord(this.primary.port, "WAIT", "1", "100").catch(() => "")) === ":1") return;
      if (performance.now() > endMs) throw new Error("the replica does not follow");
      await pause(LOOK_EVERY_MS);
    }
  }

  /** The primary dies with what it has not passed on, and its replica takes its place. */
  async failOver(): Promise<void> {
    const dead = this.primary;
    await dead.kill();
    await redisWord(this.replica.port, "REPLICAOF", "NO", "ONE");
    this.primary = this.replica;
    this.replica = dead;
  }

  /** The one that died comes back and follows. What it had alone is lost. */
  async rejoin(): Promise<void> {
    this.following.mend();
    this.following.target = this.primary.port;
    await this.startAgain(this.replica);
    await this.follow();
  }

  /** On a machine that is busy with other things it may take long until a server has read what it has stored. */
  async startAgain(server: RedisServer): Promise<void> {
    const endMs = performance.now() + STARTED_WITHIN_MS;
    await server.start().catch(() => undefined);
    while ((await redisWord(server.port, "PING").catch(() => "")) !== "+PONG") {
      if (performance.now() > endMs) throw new Error(`redis-server ${server.port} does not start`);
      await pause(LOOK_EVERY_MS);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.primary.stop(), this.replica.stop()]);
    await this.following.close();
  }
}
