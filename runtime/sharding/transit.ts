import type { Letter } from "../codec/parcel.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";
import type { Mail } from "../remote/post.ts";
import { Deadline } from "../time/deadlines.ts";
import type { EntityType } from "./entity-type.ts";

/** What may wait for one entity while it cannot be reached. */
export const WAITING_MAX = 1_000;
/** How long it waits, in milliseconds. */
export const WAIT_MAX_MS = 10_000;

/** A letter of another node, as it came. */
export interface Foreign {
  readonly from: string;
  readonly letter: Letter;
}

/** An entity that another node gives to this one, with its mail. */
export interface Incoming {
  readonly from: string;
  /** Whose place is taken. */
  readonly owner: Owner;
  readonly mail: Foreign[];
  /** Whether all of its mail is here. */
  isComplete: boolean;
}

/** What is being done so that an entity can be reached. */
export type TransitWork = "none" | "pausing" | "asking" | "handing";

/** What waits for one entity that cannot be reached at this moment, in the order in which it came. */
export class Transit extends Deadline {
  readonly type: EntityType;
  readonly entity: EntityAddress;
  readonly key: string;
  readonly #onExpired: (transit: Transit) => void;
  /** What was in the mailbox of the entity here before it stopped, whoever sent it: it goes on with the entity alone, or what follows on another way would overtake it. */
  kept: Mail[] = [];
  /** From other nodes. */
  foreign: Foreign[] = [];
  /** From this node: what was sent elsewhere and has come back, then what was sent since. */
  returned: Mail[] = [];
  fresh: Mail[] = [];
  /** Nodes from which letters may still come back; made when first there are some, since most entities are sought but once. */
  #pending: Set<string> | undefined = undefined;
  work: TransitWork = "none";
  incoming: Incoming | undefined = undefined;
  /** Where the entity is said to be, to be tried once. */
  hint: string | undefined = undefined;
  /** How often the entity was not where it was sought. */
  tries = 0;
  /** To be waited before the next try, in milliseconds. */
  pauseMs = 0;

  constructor(type: EntityType, id: string, onExpired: (transit: Transit) => void) {
    super();
    this.type = type;
    this.entity = { type: type.type, id };
    this.key = entityText(this.entity);
    this.#onExpired = onExpired;
  }

  get id(): string {
    return this.entity.id;
  }

  /** Letters may still come back from this node, until it has been heard. */
  await(node: string): void {
    (this.#pending ??= new Set()).add(node);
  }

  /** Whether letters may still come back from this node. */
  awaits(node: string): boolean {
    return this.#pending?.has(node) === true;
  }

  /** Nothing more comes back from this node; answers whether something might have. */
  hasHeard(node: string): boolean {
    return this.#pending?.delete(node) === true;
  }

  /** Whether letters may still come back. */
  get isPending(): boolean {
    return this.#pending !== undefined && this.#pending.size > 0;
  }

  get size(): number {
    return this.kept.length + this.foreign.length + this.returned.length + this.fresh.length;
  }

  /** Whether nothing is left to be done. */
  get isDone(): boolean {
    return this.size === 0 && !this.isPending && this.work === "none" && this.incoming === undefined;
  }

  /** Whether something waits for which the entity can be sought: what was sent elsewhere comes back first. */
  get isComplete(): boolean {
    if (this.kept.length > 0 || this.foreign.length > 0) return true;
    return !this.isPending && this.size > 0;
  }

  /** Whether it is on its way with what was in its mailbox. */
  get hasMailbox(): boolean {
    return this.incoming !== undefined || this.kept.length > 0;
  }

  /** Whether all that waits is to hear of its end: that brings nobody into memory. */
  get isOnlyWatched(): boolean {
    if (this.foreign.some(({ letter }) => letter.kind !== "watch")) return false;
    return [...this.returned, ...this.fresh].every((mail) => "watch" in mail);
  }

  /** Whether one more may wait. */
  get hasRoom(): boolean {
    return this.size < WAITING_MAX;
  }

  /** All that waits from this node, in its order. */
  takeOwn(): Mail[] {
    const own = [...this.returned, ...this.fresh];
    this.returned = [];
    this.fresh = [];
    return own;
  }

  /** What was in its mailbox here. */
  takeKept(): Mail[] {
    const { kept } = this;
    this.kept = [];
    return kept;
  }

  /** What another node has given away with it. */
  takeIncoming(): readonly Foreign[] {
    const mail = this.incoming?.mail ?? [];
    this.incoming = undefined;
    return mail;
  }

  takeForeign(): Foreign[] {
    const { foreign } = this;
    this.foreign = [];
    return foreign;
  }

  expire(): void {
    this.#onExpired(this);
  }
}
