import { Fault } from "../fault.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";

/** In whose name the entities of this node are written, and until when what they say may be seen. */
export interface EntityOwners {
  /**
   * Who this node writes an entity as: at once, or once it has been claimed. Asked at the begin of each life of an entity.
   * @throws Fault `fenced`, or rejects with it, when this node may not have it; that of the store when it cannot be asked
   */
  acquire(entity: EntityAddress): Owner | Promise<Owner>;
  /** As whom this node has an entity already; undefined when it has to be acquired. */
  owned(entity: EntityAddress): Owner | undefined;
  /** Whether what an entity says may be seen at this moment. Asked before anything of it becomes visible. */
  mayAct(): boolean;
  /** It is in doubt what of it is stored: the next time it is acquired with a higher epoch, which fences what is still under way. */
  doubt(entity: EntityAddress): void;
  /** It has left memory; nothing more is written once `lastWrite` has settled. */
  release(entity: EntityAddress, lastWrite: Promise<void> | undefined): void;
}

/** One owner for all entities: this process is the only one that writes. */
export class OneOwner implements EntityOwners {
  readonly #owner: Owner;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  acquire(): Owner {
    return this.#owner;
  }

  owned(): Owner {
    return this.#owner;
  }

  mayAct(): boolean {
    return true;
  }

  doubt(): void {}

  release(): void {}
}

/** A node that is in no cluster, or not yet: it may have no entity. */
export class NoOwners implements EntityOwners {
  acquire(entity: EntityAddress): Owner {
    throw new Fault("fenced", { entity: entityText(entity), by: "nobody", why: "this node is no member" });
  }

  owned(): undefined {
    return undefined;
  }

  mayAct(): boolean {
    return false;
  }

  doubt(): void {}

  release(): void {}
}
