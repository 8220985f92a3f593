import type { Protocol } from "../../protocols/protocol.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { Cell } from "./cell.ts";

/** Reaches whatever actor stands at a place, one after the other, such as an entity that comes and goes. */
export abstract class PlacedRef extends ActorRef<Protocol> {
  /** The actor that stands there now. */
  abstract get present(): Cell | undefined;
}
