import type { NactPath } from "nact/lib/actor.js";
import type { Cell } from "./cell.ts";

/** The path of a cell as nact wants it: read off the tree when somebody asks, where nact has each actor hold the names of all above it. */
export class CellPath implements NactPath {
  readonly #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  get parts(): readonly string[] {
    const { parent, name } = this.#cell;
    return [...(parent?.path.parts ?? []), name];
  }

  /** Leaves nact nothing but its check of a name. */
  createChildPath(name: string): NactPath {
    return this.#cell.system.emptyPath.createChildPath(name);
  }
}
