import type { Keepsake } from "../feature.ts";
import type { Cell } from "../kernel/cell.ts";
import { cellsBelow } from "../kernel/cells-below.ts";
import { hold, HOLD, isHeld } from "../kernel/hold.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { EntityType } from "./entity-type.ts";

/** Whom an operator has suspended: all entities, all of some types, and single ones. */
interface Suspended {
  readonly all: boolean;
  readonly types: readonly string[];
  readonly entities: readonly EntityAddress[];
}

const NOBODY: Suspended = { all: false, types: [], entities: [] };

/** Whom an operator has suspended, across the moment in which no entity is in memory. */
export class Suspensions implements Keepsake {
  readonly name = "suspended entities";
  readonly version = 1;
  readonly #types: ReadonlyMap<string, EntityType>;
  readonly #log: Logger;
  #suspended: Suspended = NOBODY;

  constructor(types: ReadonlyMap<string, EntityType>, log: Logger) {
    this.#types = types;
    this.#log = log;
  }

  /** Remembers who is suspended below the root of all entities. */
  note(root: Cell | undefined): void {
    this.#suspended = root === undefined ? NOBODY : suspendedBelow(root, [...this.#types.values()]);
  }

  dump(): unknown {
    return this.#suspended;
  }

  load(data: unknown): void {
    this.#suspended = data as Suspended;
  }

  /** Suspends them again, each in memory, and forgets them. */
  restore(root: Cell | undefined): void {
    const { all, types, entities } = this.#suspended;
    this.#suspended = NOBODY;
    for (const { type, id } of entities) {
      const found = this.#types.get(type)?.activate(id);
      this.#hold(found, entityText({ type, id }), type);
    }
    for (const type of types) this.#hold(root?.children.get(type), `/entities/${type}`, type);
    if (all) this.#hold(root, "/entities", "entities");
  }

  #hold(cell: Cell | undefined, path: string, type: string): void {
    if (cell !== undefined) hold(cell, HOLD.operator);
    else this.#log.warn("actor.suspensionLifted", { path, type });
  }
}

/** Nobody below takes a turn any more, and whoever waits there is told that it goes on elsewhere. */
export function holdAll(root: Cell): void {
  for (const cell of cellsBelow(root)) hold(cell, HOLD.handOver);
}

function suspendedBelow(root: Cell, types: readonly EntityType[]): Suspended {
  return {
    all: isHeld(root, HOLD.operator),
    types: types.map(({ type }) => type).filter((type) => isSuspended(root.children.get(type))),
    entities: types.flatMap((type) =>
      type
        .all()
        .filter(({ cell }) => isSuspended(cell))
        .map(({ address }) => address),
    ),
  };
}

function isSuspended(cell: Cell | undefined): boolean {
  return cell !== undefined && isHeld(cell, HOLD.operator);
}
