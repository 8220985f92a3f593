import { openCluster } from "../../../deploy/open-cluster.ts";
import { keepYoungGeneration } from "../../../deploy/young-generation.ts";
import type { NodeSettings } from "../../../protocols/settings.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { startLocalNode } from "../../support/local-node.ts";
import type { LocalNode } from "../../support/local-node.ts";
import { PurseProtocol, purseFeature } from "./purse.ts";

/** What a node of a benchmark is there for, and how soon a dead one is noticed. */
export type PurseNodeOptions = Pick<NodeSettings["cluster"], "roles" | "profile">;

/** Longer than any answer takes while nothing is broken. */
const PATIENT_MS = 30_000;

/** A whole node with purses, on a Redis. */
export class PurseNode {
  readonly #local: LocalNode;
  readonly #purses: EntityType<typeof PurseProtocol>;

  private constructor(local: LocalNode) {
    const purses = local.node.entities.find(PurseProtocol);
    if (purses === undefined) throw new Error("nobody offers purses");
    this.#local = local;
    this.#purses = purses;
  }

  /** Starts one that serves, in a heap as deployed nodes have it. */
  static async start(url: string, name: string, options: PurseNodeOptions): Promise<PurseNode> {
    keepYoungGeneration();
    const within = ({ cluster, ...settings }: NodeSettings): NodeSettings => ({
      ...settings,
      name,
      listeners: [],
      cluster: { ...cluster, ...options, redis: url },
    });
    return new PurseNode(
      await startLocalNode([purseFeature], within, (settings) => openCluster(settings, SILENT)),
    );
  }

  /** Puts coins into a purse, or with none asks what it holds; answers what it then holds. @throws Fault */
  async put(index: number, coins: number, deadlineMs = PATIENT_MS): Promise<number> {
    const question = coins === 0 ? ({ kind: "count" } as const) : ({ kind: "put", coins } as const);
    const purse = this.#purses.entity(String(index));
    return (await this.#local.node.system.ask(purse, question, { deadlineMs })).coins;
  }

  /** The name of the node that has a purse. */
  async whoHas(index: number): Promise<string> {
    const found = await this.#local.node.cluster!.whereIs({ type: "purse", id: String(index) });
    return found.kind === "owned" ? found.by.node : "";
  }

  /** How many purses are in its memory. */
  get active(): number {
    return this.#local.node.entities.activeCount;
  }

  stop(): Promise<void> {
    return this.#local.stop();
  }
}
