import { tmpdir } from "node:os";
import { openCluster } from "../../deploy/open-cluster.ts";
import { loadSettings } from "../../deploy/settings.ts";
import type { Reference } from "../../protocols/reference.ts";
import { ClusterNode } from "../../runtime/cluster/cluster-node.ts";
import type { ClusterParts } from "../../runtime/cluster/cluster-parts.ts";
import { ClusterTopics } from "../../runtime/cluster/cluster-topics.ts";
import type { RegionParts } from "../../runtime/cluster/region.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { Durability, Journal } from "../../runtime/persistence/journal.ts";
import { Remote } from "../../runtime/remote/remote.ts";
import { EntityHost } from "../../runtime/sharding/entity-host.ts";
import { NoOwners } from "../../runtime/sharding/entity-owners.ts";
import { EntityRegion } from "../../runtime/sharding/entity-region.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { LogRecord } from "./log-record.ts";
import { CLUSTER_PROTOCOLS, Register } from "./register.ts";
import type { RegisterProtocol } from "./register.ts";

/** How a node differs from what the settings say unless told. */
export type NodeChanges = Readonly<Record<string, string>>;

/** A node of a cluster on a real Redis, in the process of the test and as its settings would put it together: with registers of each durability, and without doors. */
export class RedisNode {
  readonly name: string;
  readonly system: ActorSystem;
  readonly entities: EntityHost;
  readonly log: LogRecord;
  readonly #cluster: ClusterNode;
  readonly #parts: ClusterParts;
  readonly #journal: Journal;
  readonly #types = new Map<Durability, EntityType<RegisterProtocol>>();

  /** Starts one that serves. @throws Refusal */
  static async start(
    name: string,
    url: string,
    changes: NodeChanges = {},
    log = new LogRecord(),
  ): Promise<RedisNode> {
    const given = { name, "cluster.redis": url, "cluster.profile": "fast", ...changes };
    const flags = Object.entries(given).map(([dotted, text]) => ({ dotted, text, flag: "test" }));
    const settings = loadSettings({ folder: tmpdir(), environment: {}, flags });
    const node = new RedisNode(name, log, await openCluster(settings, log));
    try {
      await node.#cluster.join();
      await node.#cluster.serve();
    } catch (error) {
      // Its connections would keep the test's process from ending.
      await node.vanish();
      throw error;
    }
    return node;
  }

  private constructor(name: string, log: LogRecord, stores: Awaited<ReturnType<typeof openCluster>>) {
    const { journal, cluster, reminders } = stores;
    this.name = name;
    this.log = log;
    this.#parts = cluster;
    this.#journal = journal;
    const clock = new SystemClock();
    const system = new ActorSystem({ name, clock, log });
    this.system = system;
    const entities = new EntityHost({ system, journal, reminders, owners: new NoOwners() });
    this.entities = entities;
    for (const durability of ["memory", "fsync", "replicated"] as const) {
      if (durability === "replicated" && journal.strongest !== "replicated") continue;
      const type = `${durability}-register`;
      this.#types.set(durability, entities.offer({ ...Register, type, durability }));
    }
    const topics = new ClusterTopics(system);
    const begin = ({ member, claims, transport }: RegionParts) => {
      const remote = new Remote({ system, transport, protocols: CLUSTER_PROTOCOLS });
      const { ownership } = cluster;
      const region = new EntityRegion({ system, entities, remote, claims, ownership, member });
      return { region, distance: remote };
    };
    this.#cluster = new ClusterNode({ cluster, clock, log, topics, begin, onDrainAsked: () => undefined });
  }

  get incarnation(): string {
    return this.#cluster.incarnation ?? "";
  }

  register(durability: Durability, id: string): Reference<RegisterProtocol> {
    const type = this.#types.get(durability);
    if (type === undefined) throw new Error(`no register is ${durability} here`);
    return type.entity(id);
  }

  /** Has a number stored, and answers that it is: `entered`, or the code of the fault. */
  async enter(durability: Durability, id: string, seq: number): Promise<string> {
    const entry = { kind: "enter", from: this.name, seq } as const;
    return this.#outcome(this.system.ask(this.register(durability, id), entry).then(({ kind }) => kind));
  }

  /** The numbers that a register has, each once and in order of their first entry; or the code of the fault. */
  async numbers(durability: Durability, id: string): Promise<readonly number[] | string> {
    const asked = this.system.ask(this.register(durability, id), { kind: "read" });
    return this.#outcome(
      asked.then(({ notes }) => [...new Set(notes.map((note) => Number(note.split(":")[1])))]),
    );
  }

  /** How many nodes it sees that serve. */
  async seesUp(): Promise<number> {
    const members = await this.#cluster.members();
    return members.filter(({ member }) => member.state === "up").length;
  }

  /** Whether an event was logged. */
  hasLogged(event: string): boolean {
    return this.log.lines.some((line) => line.event === event);
  }

  /** Says nothing more to anybody, as a process that was killed. */
  async vanish(): Promise<void> {
    await this.#parts.close();
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#cluster.leave();
    await this.system.stop();
    await this.#journal.close();
    await this.#parts.close();
  }

  async #outcome<T>(answer: Promise<T>): Promise<T | string> {
    try {
      return await answer;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }
}
