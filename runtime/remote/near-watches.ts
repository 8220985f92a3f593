import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Cell } from "../kernel/cell.ts";
import { watchFromOutside } from "../kernel/watch.ts";
import type { Watcher } from "../kernel/watch.ts";

/** Watches of other nodes on actors of this one; one more is told at once that its actor has stopped. */
export const NEAR_WATCHES_MAX = 100_000;

/** What the kernel says to a watcher from outside; nobody reads it. */
const STOPPED: TaggedMessage = { kind: "stopped" };

interface NearWatch {
  readonly cell: Cell;
  readonly watcher: Watcher;
}

/** Which actors of this node are watched from other nodes. */
export class NearWatches {
  /** By the node that watches, then by its number. */
  readonly #byNode = new Map<string, Map<number, NearWatch>>();
  readonly #tell: (to: string, id: number) => void;
  count = 0;

  /** @param tell tells a node that what it watches has stopped */
  constructor(tell: (to: string, id: number) => void) {
    this.#tell = tell;
  }

  /** An actor that is watched from `from`; undefined when there is none, or not any more. */
  add(from: string, id: number, cell: Cell | undefined): void {
    this.remove(from, id);
    if (cell === undefined || this.count >= NEAR_WATCHES_MAX) return this.#tell(from, id);
    const watcher = {
      deliverOwn: () => {
        this.#forget(from, id);
        this.#tell(from, id);
      },
    };
    let watches = this.#byNode.get(from);
    if (watches === undefined) this.#byNode.set(from, (watches = new Map()));
    watches.set(id, { cell, watcher });
    this.count++;
    watchFromOutside(watcher, cell, STOPPED);
  }

  remove(from: string, id: number): void {
    const watch = this.#byNode.get(from)?.get(id);
    if (watch === undefined) return;
    this.#forget(from, id);
    watch.cell.unwatchedBy(watch.watcher);
  }

  /** Nobody there is interested any more. */
  nodeEnded(incarnation: string): void {
    for (const id of this.#byNode.get(incarnation)?.keys() ?? []) this.remove(incarnation, id);
  }

  /** Nobody anywhere is told any more. */
  endAll(): void {
    for (const incarnation of this.#byNode.keys()) this.nodeEnded(incarnation);
  }

  #forget(from: string, id: number): void {
    const watches = this.#byNode.get(from);
    if (watches?.delete(id) !== true) return;
    this.count--;
    if (watches.size === 0) this.#byNode.delete(from);
  }
}
