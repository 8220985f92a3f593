import type { AnyReference } from "../../protocols/reference.ts";
import type { Cell } from "../kernel/cell.ts";
import { isIdle } from "../kernel/drain.ts";
import { PHASE } from "../kernel/phase.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { Deadline } from "../time/deadlines.ts";
import type { EntityKind } from "./entity-kind.ts";
import { EntityLife } from "./entity-life.ts";

/** Who looks after the entities of a type. */
export interface PlaceKeeper {
  readonly kind: EntityKind;
  /** Where the entity of this id is reached, now and later. */
  entity(id: string): AnyReference;
  /** The entity may have been idle for long enough. */
  lookAt(place: Place): void;
  /** Has an idle entity leave memory. */
  passivate(place: Place): void;
}

/** An entity in memory: from the message that activated it to its passivation, across restarts. */
export class Place extends Deadline {
  readonly address: EntityAddress;
  readonly reference: AnyReference;
  readonly #keeper: PlaceKeeper;
  cell: Cell | undefined = undefined;
  /** The last append of an earlier life: until it is decided, what is stored may still change. */
  lastAppend: Promise<unknown> | undefined = undefined;
  lastUsedMs = 0;
  // The neighbours in the order of use.
  older: Place | undefined = undefined;
  newer: Place | undefined = undefined;

  constructor(keeper: PlaceKeeper, id: string) {
    super();
    this.#keeper = keeper;
    this.address = { type: keeper.kind.definition.type, id };
    this.reference = keeper.entity(id);
  }

  get kind(): EntityKind {
    return this.#keeper.kind;
  }

  /** Whether there is nobody here any more, or soon. */
  get isLeaving(): boolean {
    return this.cell === undefined || this.cell.phase >= PHASE.stopping;
  }

  /** The present life; undefined while it is being loaded. */
  get life(): EntityLife | undefined {
    const state: unknown = this.cell?.state;
    return state instanceof EntityLife ? state : undefined;
  }

  /** Whether leaving memory now would lose nothing: no mail, nothing under way, no timer, nobody watched. */
  get isIdle(): boolean {
    const { cell, life } = this;
    if (cell === undefined || life === undefined || cell.phase !== PHASE.running) return false;
    const { timers, watching } = cell.extras ?? {};
    return isIdle(cell) && life.isIdle && (timers?.size ?? 0) === 0 && (watching?.size ?? 0) === 0;
  }

  /** Leaves memory; only when idle. */
  leave(): void {
    this.#keeper.passivate(this);
  }

  expire(): void {
    this.#keeper.lookAt(this);
  }
}
