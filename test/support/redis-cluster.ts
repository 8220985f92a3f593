import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { HASH_SLOTS, slotOf } from "../../runtime/redis/key-slot.ts";
import { eventually } from "./eventually.ts";
import { freePort, RedisServer } from "./redis-server.ts";
import type { RedisSettings } from "./redis-server.ts";

/** How soon a server of such a cluster is taken for dead, in milliseconds: not for a moment in which the machine does something else. */
const NODE_TIMEOUT_MS = 2_000;
const PRIMARIES = 3;
const SETTINGS: RedisSettings = {
  "cluster-enabled": "yes",
  "cluster-announce-ip": "127.0.0.1",
  "cluster-node-timeout": String(NODE_TIMEOUT_MS),
  "cluster-require-full-coverage": "no",
  "cluster-replica-validity-factor": "0",
  "cluster-migration-barrier": "99",
};

interface ClusterServer {
  readonly server: RedisServer;
  readonly id: string;
}

/** A Redis Cluster of a test's own: three primaries with a replica each, on free ports. */
export class RedisCluster {
  readonly servers: readonly ClusterServer[];

  private constructor(servers: readonly ClusterServer[]) {
    this.servers = servers;
  }

  /** Starts one; it serves, and the replicas have caught up, when this resolves. */
  static start(settings: RedisSettings = {}): Promise<RedisCluster> {
    return RedisCluster.#start(2 * PRIMARIES, settings);
  }

  /** Starts one in which no primary has a replica. */
  static startWithoutReplicas(settings: RedisSettings = {}): Promise<RedisCluster> {
    return RedisCluster.#start(PRIMARIES, settings);
  }

  static async #start(count: number, settings: RedisSettings): Promise<RedisCluster> {
    const servers = await Promise.all(
      Array.from({ length: count }, async () => {
        const bus = String(await freePort());
        const server = await RedisServer.prepare({ ...SETTINGS, "cluster-port": bus, ...settings });
        return { server, id: randomBytes(20).toString("hex"), bus };
      }),
    );
    const cluster = new RedisCluster(servers);
    // What they would find out by talking to each other for seconds, each finds in its file.
    for (const [at, { server }] of servers.entries()) {
      const lines = servers.map(({ server: { port }, id, bus }, other) => {
        const place = `${id} 127.0.0.1:${port}@${bus}`;
        const me = at === other ? "myself," : "";
        if (other >= PRIMARIES) {
          return `${place} ${me}slave ${String(servers[other - PRIMARIES]?.id)} 0 0 ${other - PRIMARIES + 1} connected`;
        }
        const [first, last] = [other, other + 1].map((part) => Math.round((part * HASH_SLOTS) / PRIMARIES));
        return `${place} ${me}master - 0 0 ${other + 1} connected ${String(first)}-${Number(last) - 1}`;
      });
      const vars = `vars currentEpoch ${PRIMARIES} lastVoteEpoch 0`;
      writeFileSync(join(server.folder, "nodes.conf"), `${[...lines, vars].join("\n")}\n`);
    }
    await Promise.all(servers.map(({ server }) => server.start()));
    await cluster.untilSound();
    return cluster;
  }

  get url(): string {
    const [first, second] = this.servers;
    return `redis+cluster://127.0.0.1:${String(first?.server.port)},127.0.0.1:${String(second?.server.port)}`;
  }

  /** Waits until every slot is served, and every primary has a replica that has caught up. */
  async untilSound(): Promise<void> {
    for (const { server } of this.servers) {
      await server.untilCli(["cluster", "info"], /cluster_state:ok[^]*cluster_slots_ok:16384/);
    }
    if (this.servers.length === PRIMARIES) return;
    const primaries = new Set(Array.from({ length: PRIMARIES }, (_, at) => this.#primaryOf(at * 6_000)));
    for (const { server } of primaries) await server.untilInfo("replication", /slave0:.*state=online/);
  }

  /** The server that takes writes for a key, as the one at `asked` sees it. */
  primaryOf(key: string): RedisServer {
    return this.#primaryOf(slotOf(key)).server;
  }

  /** The replica of the server that takes writes for a key. */
  replicaOf(key: string): RedisServer {
    const { id } = this.#primaryOf(slotOf(key));
    const line = this.#nodes().find((words) => words[3] === id && !String(words[2]).includes("fail"));
    return this.#byId(String(line?.[0])).server;
  }

  /** Has the replica take over while its primary lives; `how` may be TAKEOVER. */
  async failOver(key: string, ...how: readonly string[]): Promise<void> {
    const replica = this.replicaOf(key);
    replica.cli("cluster", "failover", ...how);
    await eventually(() => this.primaryOf(key).port, replica.port);
  }

  /** Kills the server that takes writes for a key; another one has taken over when this resolves. */
  async kill(key: string): Promise<RedisServer> {
    const killed = this.primaryOf(key);
    await killed.kill("SIGKILL");
    await eventually(() => this.primaryOf(key) === killed, false);
    return killed;
  }

  /** Moves the slot of a key to another primary, key by key, as `redis-cli --cluster reshard` does; `between` runs while it is under way. */
  async moveSlot(key: string, between: () => void | Promise<void> = () => undefined): Promise<void> {
    const slot = slotOf(key);
    const from = this.#primaryOf(slot);
    const to = this.#byId(
      String(
        this.#nodes().find(
          ([id, , flags, , , , , , range]) =>
            String(flags).includes("master") && id !== from.id && range !== undefined,
        )?.[0],
      ),
    );
    to.server.cli("cluster", "setslot", String(slot), "importing", from.id);
    from.server.cli("cluster", "setslot", String(slot), "migrating", to.id);
    await between();
    for (;;) {
      const keys = from.server
        .cli("cluster", "getkeysinslot", String(slot), "10")
        .split("\n")
        .filter(Boolean);
      if (keys.length === 0) break;
      for (const each of keys) {
        from.server.cli("migrate", "127.0.0.1", String(to.server.port), each, "0", "2000");
        await between();
      }
    }
    for (const { server } of [to, from]) server.cli("cluster", "setslot", String(slot), "node", to.id);
    await eventually(() => this.primaryOf(key).port, to.server.port);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map(({ server }) => server.stop()));
  }

  #primaryOf(slot: number): ClusterServer {
    const line = this.#nodes().find(
      ([, , flags, , , , , , ...ranges]) =>
        String(flags).includes("master") && ranges.some((range) => isIn(range, slot)),
    );
    return this.#byId(String(line?.[0]));
  }

  #byId(id: string): ClusterServer {
    const found = this.servers.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no server ${id}`);
    return found;
  }

  /** What a living server says of all of them. */
  #nodes(): string[][] {
    const living = this.servers.find(({ server }) => server.isRunning);
    const text = living?.server.cli("cluster", "nodes") ?? "";
    return text.split("\n").map((line) => line.trim().split(" "));
  }
}

function isIn(range: string, slot: number): boolean {
  const [first, last = first] = range.split("-").map(Number);
  return first !== undefined && last !== undefined && first <= slot && slot <= last;
}
