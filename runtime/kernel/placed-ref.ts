import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { Cell } from "./cell.ts";

/** Reaches whatever actor stands at a place, one after the other, such as an entity that comes and goes, or wherever else it is. */
export abstract class PlacedRef extends ActorRef<Protocol> {
  /** The actor that stands there now; undefined when none does, or it is on another node. */
  abstract get present(): Cell | undefined;

  /** Has `watcher` say `message` to itself once, when the actor that stands there on another node has stopped. False when none can be there. */
  watchAway(_watcher: Cell, _message: TaggedMessage): boolean {
    return false;
  }

  /** Ends such a watch; whoever does not watch is left as it is. */
  unwatchAway(_watcher: Cell): void {}
}
