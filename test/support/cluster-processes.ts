import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { startNode, workplace } from "./node-process.ts";
import type { NodeProcess, Workplace } from "./node-process.ts";
import { RedisServer } from "./redis-server.ts";

/** Longer than a lease and its removal, on a machine that has much else to do. */
const SETTLED_WITHIN_MS = 60_000;

/** A node as `/v1/nodes` shows it. */
export interface SeenNode {
  readonly node: string;
  readonly incarnation: string;
  readonly state: string;
  readonly cause?: string;
  readonly silence?: string;
  readonly roles: readonly string[];
  readonly report?: {
    readonly pid: number;
    readonly status: string;
    readonly opsUrl: string;
    readonly listeners: Readonly<Record<string, string>>;
  };
}

/** Nodes in processes of their own, each in a folder of its own, on a redis-server of their own. */
export class ClusterProcesses {
  readonly redis: RedisServer;
  readonly nodes = new Map<string, NodeProcess>();
  readonly #place: Workplace;

  readonly #environment: Readonly<Record<string, string>> | undefined;

  private constructor(redis: RedisServer, place: Workplace, environment?: Readonly<Record<string, string>>) {
    this.redis = redis;
    this.#place = place;
    this.#environment = environment;
  }

  /** Starts a Redis and nodes of these names; each serves when this resolves. */
  static async start(...names: string[]): Promise<ClusterProcesses> {
    return ClusterProcesses.startIn(undefined, ...names);
  }

  /** The same in an environment, such as one with other features. */
  static async startIn(
    environment: Readonly<Record<string, string>> | undefined,
    ...names: string[]
  ): Promise<ClusterProcesses> {
    const cluster = new ClusterProcesses(await RedisServer.start(), workplace(), environment);
    try {
      await Promise.all(names.map((name) => cluster.add(name)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Starts another node; `words` are more options of its command line. */
  async add(name: string, ...words: string[]): Promise<NodeProcess> {
    const folder = this.folderOf(name);
    mkdirSync(folder, { recursive: true });
    const set = ["--name", name, "--set", `cluster.redis=${this.redis.url}`];
    const node = await startNode(folder, ["--workers", "0", ...set, ...words], this.#environment);
    this.nodes.set(name, node);
    return node;
  }

  node(name: string): NodeProcess {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  folderOf(name: string): string {
    return join(this.#place.folder, name);
  }

  pidOf(name: string): number {
    return this.node(name).process.child.pid ?? 0;
  }

  /** What a node answers about all of them. */
  async seenBy(name: string): Promise<readonly SeenNode[]> {
    const { body } = await this.node(name).get("/v1/nodes");
    return (body as { nodes: SeenNode[] }).nodes;
  }

  /** Each node with its states, as one of them sees it, in the order of their names: `a up`, `b dead expired`. */
  async statesSeenBy(name: string): Promise<readonly string[]> {
    return (await this.seenBy(name))
      .map(({ node, state, cause }) => [node, state, cause].filter((word) => word !== undefined).join(" "))
      .toSorted((one, other) => (one < other ? -1 : 1));
  }

  /** Waits until a node sees exactly these. */
  async untilSeenBy(name: string, states: readonly string[]): Promise<void> {
    await eventually(() => this.statesSeenBy(name), states, undefined, SETTLED_WITHIN_MS);
  }

  /** Waits until a node has written an event. */
  async untilLogged(name: string, event: string): Promise<void> {
    await this.node(name).process.until((stdout) =>
      stdout.includes(`"event":"${event}"`) ? true : undefined,
    );
  }

  /** Stops what still runs. */
  async stop(): Promise<void> {
    await Promise.all(
      Array.from(this.nodes.values(), async ({ process: { child, ended } }) => {
        child.kill("SIGCONT");
        child.kill("SIGKILL");
        await ended;
      }),
    );
    await this.redis.stop();
    this.#place.remove();
  }
}
