import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { SeededChance } from "../../support/seeded-chance.ts";
import type { HistoryBook } from "./history.ts";
import { NodeHandle } from "./node-handle.ts";
import { RedisPair } from "./redis-pair.ts";

/** Nodes that are there when nothing is wrong. */
export const NODES = 3;
/** A time of the machine's clock is known to both sides within this, in milliseconds. */
const CLOCK_SLACK_MS = 5;
const STARTED_WITHIN_MS = 120_000;
const START_AGAIN_MS = 200;

/** How a node is to be. */
interface JoinOptions {
  readonly name?: string;
  readonly settings?: readonly string[];
}

/** A cluster of real processes: a store with a replica, and nodes with ways of their own to it. It is used for many runs. */
export class World {
  readonly redis: RedisPair;
  readonly folder: string;
  readonly nodes: NodeHandle[] = [];
  /** What happens is written here; undefined between two runs. */
  book: HistoryBook | undefined = undefined;
  /** Called with each node that comes while a run is on. */
  onJoined: (node: NodeHandle) => void = () => undefined;
  /** One thing at a time is done to the store. */
  #storeIsFree: Promise<void> = Promise.resolve();
  #named = 0;

  private constructor(redis: RedisPair) {
    this.redis = redis;
    this.folder = mkdtempSync(join(tmpdir(), "banyan-chaos-"));
  }

  static async start(...settings: readonly string[]): Promise<World> {
    const world = new World(await RedisPair.start());
    await Promise.all(Array.from({ length: NODES }, () => world.join({ settings })));
    return world;
  }

  get living(): readonly NodeHandle[] {
    return this.nodes.filter(({ isAlive, isLeaving }) => isAlive && !isLeaving);
  }

  /** One that lives and to which nothing is being done; undefined when there is none. */
  free(chance: SeededChance): NodeHandle | undefined {
    return chance.shuffled(this.living.filter(({ isTaken }) => !isTaken))[0];
  }

  /** Does something to a node to which nothing is being done; nothing when there is none. */
  async withNode(chance: SeededChance, task: (node: NodeHandle) => Promise<void>): Promise<void> {
    const node = this.free(chance);
    if (node === undefined) return;
    node.isTaken = true;
    await task(node).finally(() => (node.isTaken = false));
  }

  /** Does something to the store, after whatever is being done to it. */
  withStore(task: () => Promise<void>): Promise<void> {
    const done = this.#storeIsFree.then(task);
    this.#storeIsFree = done.catch(() => undefined);
    return done;
  }

  /** One more node; it serves when this resolves. Nobody has had its name before, unless it is given. */
  async join({ name = `n${++this.#named}`, settings = [] }: JoinOptions = {}): Promise<NodeHandle> {
    const node = await this.#started(name, settings);
    // It may have changed places meanwhile.
    node.way.target = this.redis.primary.port;
    this.nodes.push(node);
    if (this.book !== undefined) this.onJoined(node);
    return node;
  }

  /** A node refuses to start without a store: whoever wants one starts it again. */
  async #started(name: string, settings: readonly string[]): Promise<NodeHandle> {
    const endMs = performance.now() + STARTED_WITHIN_MS;
    for (;;) {
      try {
        return await this.#start(name, settings);
      } catch (error) {
        if (performance.now() > endMs) throw error;
        await pause(START_AGAIN_MS);
      }
    }
  }

  #start(name: string, settings: readonly string[]): Promise<NodeHandle> {
    return NodeHandle.start({
      name,
      settings,
      folder: this.folder,
      storePort: this.redis.primary.port,
      listener: {
        happened: (words, atMs) => this.book?.hear(words, atMs),
        died: (_node, how) => void this.book?.mishaps.push(`node ${name} ended unasked: ${how}`),
      },
    });
  }

  async kill(node: NodeHandle): Promise<void> {
    await node.kill();
    this.#isGone(node);
    this.book?.killedAtMs.push(Date.now() + CLOCK_SLACK_MS);
  }

  async leave(node: NodeHandle): Promise<void> {
    await node.leave();
    this.#isGone(node);
    // What it still had has ended with it.
    if (!node.hasLeft) this.book?.killedAtMs.push(Date.now() + CLOCK_SLACK_MS);
  }

  #isGone({ name }: NodeHandle): void {
    this.book?.gone.add(name);
  }

  /** The replica takes the place of the primary, as soon as that is dead. */
  async failOver(): Promise<void> {
    await this.redis.failOver();
    for (const { way } of this.living) {
      way.target = this.redis.primary.port;
      way.breakAll();
    }
  }

  /** Puts everything right again, whatever was done to it. */
  async heal(): Promise<void> {
    for (const node of this.living) {
      if (node.isPaused) node.resume();
      node.way.mend();
    }
    await this.#storeIsFree;
    while (this.living.length > NODES) await this.leave(this.living[0] as NodeHandle);
    const missing = NODES - this.living.length;
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.join()));
  }

  async stop({ keepsFolder = false } = {}): Promise<void> {
    this.book = undefined;
    await Promise.all(this.nodes.filter(({ isAlive }) => isAlive).map((node) => node.kill()));
    await this.redis.stop();
    if (!keepsFolder) rmSync(this.folder, { recursive: true, force: true });
  }
}
