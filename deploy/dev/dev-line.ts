import { Fault } from "../../runtime/fault.ts";
import { backoffMs } from "../../runtime/time/backoff.ts";
import { Refusal } from "../refusal.ts";
import { bury } from "./bury.ts";
import { DevNode, portsOf } from "./dev-node.ts";
import type { DevNodeOrders, DevUrls } from "./dev-node.ts";

/** How soon a node comes back that has ended, in milliseconds; later each time when it ends again soon. */
const BACK_AFTER = { minMs: 500, maxMs: 10_000, jitter: 0 };
/** One that has run for so long begins again to count, in milliseconds. */
const RAN_WELL_MS = 30_000;

/** One of the nodes, for as long as all run: when its process ends, another one takes its place at the same ports, and with the same data. */
export class DevLine {
  readonly name: string;
  readonly #orders: DevNodeOrders;
  #node: DevNode;
  #isStopping = false;
  #quickEnds = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(orders: DevNodeOrders) {
    this.name = orders.name;
    this.#orders = orders;
    this.#node = new DevNode(orders);
  }

  /** The process that is there now, or was last. */
  get node(): DevNode {
    return this.#node;
  }

  /** Resolves when the first process serves; from then on there is always one. @throws Refusal when it ends before that */
  async serving(): Promise<DevUrls> {
    const urls = await this.#node.serving;
    this.#watch({ ...this.#orders, ports: portsOf(urls) }, performance.now());
    return urls;
  }

  kill(): void {
    this.#stopStarting();
    this.#node.process.kill();
  }

  /** Ends it for good, in order. */
  async stop(withinMs: number): Promise<void> {
    this.#stopStarting();
    await this.#node.process.stop(withinMs);
  }

  #stopStarting(): void {
    this.#isStopping = true;
    clearTimeout(this.#timer);
  }

  #watch(orders: DevNodeOrders, sinceMs: number): void {
    void this.#node.process.ended.then((how) => {
      if (this.#isStopping) return;
      this.#quickEnds = performance.now() - sinceMs > RAN_WELL_MS ? 0 : this.#quickEnds;
      const afterMs = backoffMs(BACK_AFTER, this.#quickEnds++, 0);
      orders.say(`${this.name}  has ended: ${how}; comes back in ${afterMs} ms`);
      void this.#bury();
      this.#timer = setTimeout(() => void this.#startAgain(orders), afterMs);
    });
  }

  async #startAgain(orders: DevNodeOrders): Promise<void> {
    const node = new DevNode(orders);
    this.#node = node;
    this.#watch(orders, performance.now());
    try {
      await node.serving;
      orders.say(`${this.name}  is back: process ${node.process.pid}`);
    } catch (error) {
      // Its end is told, and tried again.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #bury(): Promise<void> {
    const { incarnation } = this.#node;
    if (incarnation === undefined) return;
    try {
      await bury(this.#orders.redisUrl, incarnation);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
}
