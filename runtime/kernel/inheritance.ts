import type { Cell } from "./cell.ts";
import { cellsBelow } from "./cells-below.ts";
import type { Heirloom } from "./heirloom.ts";
import { hold, HOLD } from "./hold.ts";
import { beginNextLife } from "./life.ts";
import { PHASE } from "./phase.ts";
import { findCell } from "./tree-node.ts";
import type { ActorSystem } from "./actor-system.ts";

/** Leftovers that are named in the log. */
const NAMED_MAX = 10;

/** What actors of an earlier process have left to those of this one, until each is claimed at the beginning of a life. */
export class Inheritance {
  readonly #system: ActorSystem;
  readonly #byPath = new Map<string, Heirloom>();
  readonly #suspended: Heirloom[] = [];

  constructor(system: ActorSystem) {
    this.#system = system;
  }

  /** How many wait for their heir. */
  get size(): number {
    return this.#byPath.size;
  }

  /**
   * Takes heirlooms in. An actor that already runs at the path of one begins a new life with it, and resolves when all of
   * those have begun; one that is spawned there later begins with it.
   */
  async inherit(heirlooms: readonly Heirloom[]): Promise<void> {
    for (const heirloom of heirlooms) {
      if (heirloom.isSuspended === true) this.#suspended.push(heirloom);
      if (heirloom.version !== undefined) this.#byPath.set(heirloom.path, heirloom);
    }
    const begun: Promise<void>[] = [];
    for (const cell of cellsBelow(this.#system.root)) {
      // The children of an heir end with its present life, and are found again by their paths.
      if (cell.phase > PHASE.running || !this.#isHeir(cell)) continue;
      begun.push(new Promise((resolve) => (cell.rare.whenBegun = resolve)));
      beginNextLife(cell);
    }
    await Promise.all(begun);
  }

  /** What this actor begins its next life with, once; undefined when nothing fit was left to it. */
  claim(cell: Cell): Heirloom | undefined {
    if (this.#byPath.size === 0) return undefined;
    const path = cell.pathText;
    const heirloom = this.#byPath.get(path);
    if (heirloom === undefined) return undefined;
    this.#byPath.delete(path);
    const { type, handOver } = cell.definition;
    if (heirloom.type === type && heirloom.version === handOver?.version) return heirloom;
    this.#system.log.warn("actor.heirloomUnfit", {
      path,
      type,
      version: handOver?.version,
      leftType: heirloom.type,
      leftVersion: heirloom.version,
    });
    return undefined;
  }

  /**
   * Nobody else is expected: who was suspended there is suspended again, and what was not claimed is dropped. Answers how
   * many.
   */
  end(): number {
    this.#suspendAgain();
    const dropped = this.#byPath.size;
    if (dropped === 0) return 0;
    const paths = [...this.#byPath.keys()].slice(0, NAMED_MAX);
    this.#system.log.warn("node.heirloomsDropped", { dropped, paths });
    this.#byPath.clear();
    return dropped;
  }

  #isHeir(cell: Cell): boolean {
    return this.#byPath.has(cell.pathText);
  }

  // Not before: a listener or a room that took no turns would keep the connections waiting that come over meanwhile.
  #suspendAgain(): void {
    for (const { path, type } of this.#suspended.splice(0)) {
      const cell = findCell(this.#system.root, path);
      if (cell?.definition.type === type && cell.phase < PHASE.stopping) hold(cell, HOLD.operator);
      else this.#system.log.warn("actor.suspensionLifted", { path, type });
    }
  }
}
