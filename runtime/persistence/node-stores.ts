import type { NodeStore, OpenOptions } from "./node-store.ts";
import type { StoreCopy } from "./store-copies.ts";

/** All that a node stores on and one process at a time may have open: all of it is open, or nothing. */
export class NodeStores implements Omit<NodeStore, "copy"> {
  readonly #stores: readonly NodeStore[];

  constructor(stores: readonly NodeStore[]) {
    this.#stores = stores;
  }

  /** What is wrong with any of them, in words. */
  get troubles(): string[] {
    return this.#stores.flatMap(({ trouble }) => trouble ?? []);
  }

  /** A copy of each for another process to look into. @throws Fault */
  async copy(): Promise<StoreCopy[]> {
    const copies: StoreCopy[] = [];
    for (const store of this.#stores) copies.push(await store.copy());
    return copies;
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
