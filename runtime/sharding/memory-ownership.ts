import { entityKey } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";
import type { Clock } from "../time/clock.ts";
import type { Claim, Claimed, EntityOwner, Held, Ownership, Reasserted, Released } from "./ownership.ts";

interface OwnerRecord {
  readonly ownerEpoch: number;
  /** Undefined once it was released. */
  readonly owner: EntityOwner | undefined;
}

/** Who owns what, in the memory of one process: for one node without Redis, and for tests on virtual time. */
export class MemoryOwnership implements Ownership {
  readonly #clock: Clock;
  readonly #records = new Map<string, OwnerRecord>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async claim({ entity, incarnation, node, after, gone = [] }: Claim): Promise<Claimed> {
    const record = this.#records.get(entityKey(entity));
    const by = record?.owner;
    const mayStay = by !== undefined && !isSame(by, after) && !gone.includes(by.incarnation);
    if (mayStay) return { kind: "owned", by };
    const ownerEpoch = Math.max((record?.ownerEpoch ?? 0) + 1, Math.floor(this.#clock.wallMs() * 1_000));
    return { kind: "claimed", owner: this.#put(entity, { ownerEpoch, incarnation, node }) };
  }

  async release({ entity, owner }: Held): Promise<Released> {
    const record = this.#records.get(entityKey(entity));
    if (record === undefined) return { kind: "released" };
    const isOwners = isSame(owner, record.owner ?? owner) && record.ownerEpoch === owner.ownerEpoch;
    if (!isOwners) return { kind: "fenced", by: record.owner };
    this.#records.set(entityKey(entity), { ownerEpoch: owner.ownerEpoch, owner: undefined });
    return { kind: "released" };
  }

  async reassert({ entity, owner }: Held): Promise<Reasserted> {
    const record = this.#records.get(entityKey(entity));
    if (isSame(owner, record?.owner)) return { kind: "held" };
    if (record !== undefined && record.ownerEpoch >= owner.ownerEpoch) {
      return { kind: "fenced", by: record.owner };
    }
    this.#put(entity, owner);
    return { kind: "held" };
  }

  async lookup(entity: EntityAddress): Promise<EntityOwner | undefined> {
    return this.#records.get(entityKey(entity))?.owner;
  }

  /** For tests: forgets what a failover has lost. */
  forget(entity: EntityAddress): void {
    this.#records.delete(entityKey(entity));
  }

  #put(entity: EntityAddress, owner: EntityOwner): EntityOwner {
    this.#records.set(entityKey(entity), { ownerEpoch: owner.ownerEpoch, owner });
    return owner;
  }
}

function isSame(one: Owner, other: Owner | undefined): boolean {
  return one.ownerEpoch === other?.ownerEpoch && one.incarnation === other.incarnation;
}
