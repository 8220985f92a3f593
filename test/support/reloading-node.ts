import { eventsIn, startNode, workplace } from "./node-process.ts";
import type { NodeProcess, Workplace } from "./node-process.ts";

/** A client may say as much as a test likes. */
const NO_RATE = ["messagesPerSecond", "burst"].flatMap((name) => ["--set", `limits.${name}=100000`]);

/** A node under its host in processes of their own, which a test reloads. */
export class ReloadingNode {
  readonly node: NodeProcess;
  readonly #place: Workplace;

  private constructor(node: NodeProcess, place: Workplace) {
    this.node = node;
    this.#place = place;
  }

  /** Starts it; `program` is the command line of another copy of the code. */
  static async start(words: readonly string[] = [], program?: string): Promise<ReloadingNode> {
    const place = workplace();
    return new ReloadingNode(await startNode(place.folder, [...NO_RATE, ...words], {}, program), place);
  }

  /** The URL of the gateway for plain requests. */
  get web(): string {
    return this.node.listeners["web"] ?? "";
  }

  /** Where WebSockets that speak of rooms connect. */
  get chatroom(): string {
    return `${this.web.replace("http", "ws")}/chatroom`;
  }

  get linePort(): number {
    return Number(new URL(this.node.listeners["line"] ?? "").port);
  }

  /** Has a fresh worker take over. Resolves when the one before has ended. */
  reload(): Promise<void> {
    return this.#reloadUntil("reload.done");
  }

  /** Wants a fresh worker, and waits until the host has seen that it is of no use. */
  reloadInVain(): Promise<void> {
    return this.#reloadUntil("reload.refused");
  }

  /** What of some kind has happened so far. */
  events(name: string): Record<string, unknown>[] {
    return eventsIn(this.node.process.stdout, name);
  }

  async stop(): Promise<void> {
    await this.node.stop();
    this.#place.remove();
  }

  async #reloadUntil(event: string): Promise<void> {
    const before = this.events(event).length;
    this.node.process.child.kill("SIGUSR2");
    await this.node.process.until(() => (this.events(event).length > before ? true : undefined));
  }
}
