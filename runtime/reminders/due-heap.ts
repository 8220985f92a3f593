/** Something that is due at a time. */
export interface Due {
  readonly dueMs: number;
}

/** What is due, the earliest first: a binary heap, where nothing is taken out but the first. Pure. */
export class DueHeap<T extends Due> {
  readonly #items: T[] = [];

  /** The one that is due first. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above] as T;
      if (parent.dueMs <= item.dueMs) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  /** Takes the first one out. */
  shift(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first !== undefined && last !== undefined && first !== last) this.#sink(last);
    return first;
  }

  #sink(item: T): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && (items[below + 1] as T).dueMs < (items[below] as T).dueMs) below++;
      if ((items[below] as T).dueMs >= item.dueMs) break;
      items[at] = items[below] as T;
      at = below;
    }
    items[at] = item;
  }
}
