import type { Protocol } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import type { Fault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import { isIdle, isOutOfMail } from "../kernel/drain.ts";
import { PHASE } from "../kernel/phase.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Append, Owner } from "../persistence/journal.ts";
import { Deadline } from "../time/deadlines.ts";
import type { EntityKind } from "./entity-kind.ts";
import { EntityLife } from "./entity-life.ts";

/** Until an entity has been acquired, nothing can be written in its name. */
const NOBODY: Owner = { ownerEpoch: 0, incarnation: "" };

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
  /** In whose name its present life writes. */
  owner: Owner = NOBODY;
  /** The last append of an earlier life: until it is decided, what is stored may still change. */
  lastAppend: Promise<unknown> | undefined = undefined;
  /** The last snapshot: until it is stored, the entity is not given up. */
  lastWrite: Promise<void> | undefined = undefined;
  /** What is sent from this node goes by way of the region, until what it has sent elsewhere has come back. */
  isDetoured = false;
  lastUsedMs = 0;
  /** Whether nothing of it is to be left when it leaves memory. */
  isForgotten = false;
  /** The reminder at which the entity has failed last. */
  failedReminder: string | undefined = undefined;
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

  /** What may be said to it. */
  get protocol(): Protocol {
    return this.kind.definition.protocol as Protocol;
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
    return isIdle(cell) && life.isIdle && !this.isDetoured && !hasOrders(cell);
  }

  /** Whether it has mail that it will handle, or something on its way to the journal. One that takes no turns finishes nothing. */
  get isAtWork(): boolean {
    const { cell, life, kind } = this;
    if (cell === undefined || cell.phase >= PHASE.restarting || cell.phase === PHASE.suspended) return false;
    const isLoading = life === undefined && kind.actor === undefined;
    return isLoading || life?.isStored === false || !isOutOfMail(cell);
  }

  /** How a record is appended as this version of the entity. */
  appendOf(version: number, { bytes, atMs, isStrongest }: AppendedRecord): Append {
    const { address: entity, owner, kind } = this;
    const { durability } = kind.definition;
    return { entity, owner, expectedVersion: version - 1, bytes, atMs, durability, isStrongest };
  }

  /** Nobody has needed it for long: leaves memory, and is forgotten where that is all it was for. */
  retire(): void {
    this.isForgotten = this.kind.definition.isForgottenWhenIdle === true;
    this.leave();
  }

  /** Leaves memory; only when idle. */
  leave(): void {
    this.#keeper.passivate(this);
  }

  /** Leaves memory at once: somebody else may own the entity by now, so nothing more of it is seen, and whoever waits is told. */
  drop(fault: Fault): void {
    const { cell } = this;
    if (cell === undefined) return;
    this.life?.drop(fault);
    refuseOpen(cell, fault);
    cell.stop();
  }

  expire(): void {
    this.#keeper.lookAt(this);
  }
}

/** What a decision says of its record. */
type AppendedRecord = Required<Pick<Append, "bytes" | "atMs" | "isStrongest">>;

/** Tells everybody who waits for an answer of an actor that there will be none. */
export function refuseOpen(cell: Cell, fault: Fault): void {
  for (let ask = cell.firstOpenAsk; ask !== undefined;) {
    const next = ask.nextOpen;
    ask.refuse(fault);
    ask = next;
  }
}

/** Whether it waits for a time, or for the end of somebody else. */
function hasOrders({ extras }: Cell): boolean {
  return (extras?.timers?.size ?? 0) > 0 || (extras?.watching?.size ?? 0) > 0;
}
