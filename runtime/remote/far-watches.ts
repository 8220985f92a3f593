import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Cell } from "../kernel/cell.ts";
import type { Watched } from "../kernel/watch.ts";

/** Actors of other nodes that may be watched from here at once; one more counts as stopped. */
export const FAR_WATCHES_MAX = 100_000;

/** An actor of this node watches one of another. */
export class FarWatch implements Watched {
  readonly id: number;
  readonly watcher: Cell;
  readonly address: string;
  readonly message: TaggedMessage;
  /** The node that is to tell; undefined while nobody has been asked to. */
  at: string | undefined = undefined;
  readonly #watches: FarWatches;

  constructor(watches: FarWatches, id: number, watched: Pick<FarWatch, "watcher" | "address" | "message">) {
    this.#watches = watches;
    this.id = id;
    this.watcher = watched.watcher;
    this.address = watched.address;
    this.message = watched.message;
  }

  unwatchedBy(): void {
    this.#watches.give(this);
  }

  /** What was watched has stopped, or nobody will ever tell. */
  stopped(): void {
    if (!this.#watches.forget(this)) return;
    this.watcher.extras?.watching?.delete(this);
    this.watcher.deliverOwn(this.message);
  }
}

/** Whom the actors of this node watch on other nodes: each watch reports exactly one stop, also when the node is lost. */
export class FarWatches {
  readonly #watches = new Map<number, FarWatch>();
  readonly #unwatch: (at: string, id: number) => void;
  #latestId = 0;

  /** @param unwatch tells a node that a watch has ended */
  constructor(unwatch: (at: string, id: number) => void) {
    this.#unwatch = unwatch;
  }

  get count(): number {
    return this.#watches.size;
  }

  get(id: number): FarWatch | undefined {
    return this.#watches.get(id);
  }

  /** Notes a watch; an earlier one of the same actor is replaced. Undefined, and told at once, when there are too many. */
  add(watched: Pick<FarWatch, "watcher" | "address" | "message">): FarWatch | undefined {
    const { watcher, address, message } = watched;
    this.end(watcher, address);
    if (this.#watches.size >= FAR_WATCHES_MAX) {
      watcher.deliverOwn(message);
      return undefined;
    }
    const watch = new FarWatch(this, ++this.#latestId, watched);
    this.#watches.set(watch.id, watch);
    (watcher.rare.watching ??= new Set()).add(watch);
    return watch;
  }

  /** Ends the watch of one actor on another. */
  end(watcher: Cell, address: string): void {
    for (const watch of watcher.extras?.watching ?? []) {
      if (!(watch instanceof FarWatch) || watch.address !== address) continue;
      watcher.extras?.watching?.delete(watch);
      watch.unwatchedBy();
    }
  }

  /** The watcher is not interested any more. */
  give(watch: FarWatch): void {
    if (this.forget(watch) && watch.at !== undefined) this.#unwatch(watch.at, watch.id);
  }

  /** False when it has ended before. */
  forget({ id }: FarWatch): boolean {
    return this.#watches.delete(id);
  }

  /** All who watch there are told. */
  nodeEnded(incarnation: string): void {
    for (const watch of this.#watches.values()) if (watch.at === incarnation) watch.stopped();
  }

  /** Nobody will be heard any more. */
  endAll(): void {
    for (const watch of this.#watches.values()) watch.stopped();
  }
}
