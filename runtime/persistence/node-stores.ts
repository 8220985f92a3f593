import type { NodeStore, OpenOptions } from "./node-store.ts";

/** All that a node stores on and one process at a time may have open: all of it is open, or nothing. */
export class NodeStores implements NodeStore {
  readonly #stores: readonly NodeStore[];

  constructor(stores: readonly NodeStore[]) {
    this.#stores = stores;
  }

  /** What is wrong with any of them, in words. */
  get troubles(): string[] {
    return this.#stores.flatMap(({ trouble }) => trouble ?? []);
  }

  /** @throws Fault of the first one that cannot be opened; then none is open */
  async open(options: OpenOptions): Promise<void> {
    try {
      for (const store of this.#stores) await store.open(options);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The one that was opened last first. */
  async close(): Promise<void> {
    for (const store of this.#stores.toReversed()) await store.close();
  }
}
