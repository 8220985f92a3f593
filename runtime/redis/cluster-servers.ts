import type { Cluster, Command, Redis } from "ioredis";

/** The servers of a Redis Cluster to which one connection speaks, by the places that its table of hash slots names. */
export class ClusterServers {
  readonly #cluster: Cluster;
  /** By host and port: looked up for each command. */
  readonly #byPlace = new Map<string, Redis>();

  /** @param onFound another server is known from now on */
  constructor(cluster: Cluster, onFound: (server: Redis) => void) {
    this.#cluster = cluster;
    cluster.on("+node", (server: Redis) => {
      this.#byPlace.set(placeOf(server), server);
      onFound(server);
    });
    cluster.on("-node", (server: Redis) => {
      // Another one may have taken its place by then.
      if (this.at(placeOf(server)) === server) this.#byPlace.delete(placeOf(server));
    });
  }

  at(place: string): Redis | undefined {
    return this.#byPlace.get(place);
  }

  /** The one that serves the keys of a command; undefined for one without keys. */
  of(command: Command): Redis | undefined {
    const place = this.#cluster.slots[command.getSlot()]?.[0];
    return place === undefined ? undefined : this.at(place);
  }

  /** One that is to be asked what any of them can answer. */
  any(): Redis | undefined {
    const ready = this.#cluster.nodes("master").filter(({ status }) => status === "ready");
    return ready[Math.floor(Math.random() * ready.length)];
  }
}

function placeOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}
