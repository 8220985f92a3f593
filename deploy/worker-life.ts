import type { WorkerVitals } from "../protocols/host.ts";
import { HandOverEnded } from "../runtime/net/hand-over/hand-over.ts";
import type { HandOverCounts } from "../runtime/net/hand-over/hand-over.ts";
import type { AssembledNode } from "./assembled-node.ts";
import type { HostChannel, HostOrder } from "./host-channel.ts";
import type { Onlooker } from "./host/control/starter.ts";
import { EXIT_CODES } from "./refusal.ts";
import { rehearse } from "./rehearsal/rehearsal.ts";
import { startRefusal } from "./start-refusal.ts";

/** What a worker does when its host says so. */
export class WorkerLife {
  readonly #assembled: AssembledNode;
  readonly #channel: HostChannel;

  constructor(assembled: AssembledNode, channel: HostChannel) {
    this.#assembled = assembled;
    this.#channel = channel;
  }

  /** Gets ready to serve; one that shall take over connections practises first. @throws Error when the node cannot start */
  async prepare({ isSuccessor }: { readonly isSuccessor: boolean }): Promise<void> {
    await this.#assembled.node.prepare();
    if (isSuccessor) await this.#rehearse();
    await this.#channel.send({ kind: "prepared" });
  }

  obey(order: HostOrder): void {
    switch (order.kind) {
      case "beat":
        return this.#channel.tell({ kind: "beat", beat: order.beat, ...this.#vitals() });
      case "serve":
        return void this.#orFail(this.#serve(onlookerOf(order)));
      case "adopt":
        return void this.#orFail(this.#adopt());
      case "predecessorGone":
        return this.#assembled.node.predecessorGone();
      case "handOver":
        return void this.#orFail(this.#handOver());
      case "keep":
        return void this.#orFail(this.#assembled.node.keep());
      case "reaped":
        return this.#assembled.bury(order.incarnation);
      case "stop":
        return void this.#assembled.stop(order.withinMs, order.signal);
    }
  }

  /** There is no host any more: nobody would ever end this process. */
  async orphaned(withinMs: number): Promise<void> {
    this.#assembled.log.error("host.lost", { withinMs });
    // A stop that hangs must not keep it.
    setTimeout(() => process.exit(EXIT_CODES.failed), withinMs).unref();
    await this.#assembled.stop(withinMs, "hostLost");
  }

  async #rehearse(): Promise<void> {
    const { settings, log } = this.#assembled;
    const beganMs = performance.now();
    try {
      const connections = await rehearse(settings);
      log.debug("worker.rehearsed", { connections, tookMs: Math.round(performance.now() - beganMs) });
    } catch (error) {
      log.warn("worker.notRehearsed", { err: error });
    }
  }

  async #serve(onlooker: Onlooker): Promise<void> {
    await this.#assembled.node.serve();
    this.#served(onlooker);
  }

  async #adopt(): Promise<void> {
    const { node } = this.#assembled;
    let isServing = false;
    const onServing = (): void => {
      isServing = true;
      this.#served("none");
    };
    await node.adopt(this.#channel.peer, { onServing });
    // The one before has ended without a word.
    if (!isServing) await this.#serve("none");
  }

  #served(onlooker: Onlooker): void {
    this.#assembled.watch();
    const urls = this.#assembled.greet(process.ppid, onlooker);
    this.#channel.tell({ kind: "serving", urls });
  }

  async #handOver(): Promise<void> {
    const { node, settings } = this.#assembled;
    const moved = await orEnded(node.handOver(this.#channel.peer));
    if (moved === undefined) return;
    await this.#channel.send({ kind: "handedOver", ...moved });
    await this.#assembled.stop(settings.stopWithinMs, "handedOver");
  }

  #vitals(): WorkerVitals {
    const { node } = this.#assembled;
    const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    const memory = { rss, heapUsed, heapTotal, external, arrayBuffers };
    return { memory, zombies: node.system.zombies.count, ...node.traffic() };
  }

  /** What cannot be served ends the process, with words for the operator where there are any. */
  async #orFail(step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      const refusal = startRefusal(error);
      if (refusal === undefined) throw error;
      await this.#channel.send({ kind: "refused", text: refusal.message, exitCode: refusal.exitCode });
      process.exit(refusal.exitCode);
    }
  }
}

/** Later workers greet nobody: who started the host has been told where it is. */
function onlookerOf({ isFirst, isTerminal }: HostOrder & { kind: "serve" }): Onlooker {
  if (!isFirst) return "none";
  return isTerminal === true ? "terminal" : "reader";
}

/** Undefined when the hand-over was called off: then the node goes on. */
async function orEnded(moving: Promise<HandOverCounts>): Promise<HandOverCounts | undefined> {
  try {
    return await moving;
  } catch (error) {
    if (error instanceof HandOverEnded) return undefined;
    throw error;
  }
}
