import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Cell } from "../kernel/cell.ts";
import type { EntityOwners } from "./entity-owners.ts";
import type { EntityType } from "./entity-type.ts";

/** Finds entities that may be on other nodes. */
export interface EntityRouter {
  /** Takes a message for an entity that is not in memory here. */
  send(type: EntityType, id: string, message: TaggedMessage, ask: OpenAsk | undefined): Verdict;
  /** Has `watcher` say `message` to itself once, when the entity leaves memory, wherever that is. */
  watch(type: EntityType, id: string, watcher: Cell, message: TaggedMessage): void;
  unwatch(type: EntityType, id: string, watcher: Cell): void;
  /** Whether an entity is to be on this node, wherever it is at this moment. */
  belongsHere(type: EntityType, id: string): boolean;
}

/** Who owns the entities of this node, and how those of others are reached: for all its types, and changing while it runs. */
export class Routing {
  owners: EntityOwners;
  /** Undefined where all entities are in this process. */
  router: EntityRouter | undefined = undefined;

  constructor(owners: EntityOwners) {
    this.owners = owners;
  }
}
