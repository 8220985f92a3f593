import type { Protocol, TaggedMessage, Tell } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import { actorName } from "../actor/actor-name.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { AnyDefinition } from "../actor/define-actor.ts";
import type { Receipt } from "../codec/record-codec.ts";
import { Fault } from "../fault.ts";
import type { FaultCode } from "../fault.ts";
import type { Ask } from "../kernel/ask.ts";
import type { Cell } from "../kernel/cell.ts";
import { PHASE } from "../kernel/phase.ts";
import type { ActiveEntities } from "./active-entities.ts";
import { DELIVERED, entityActor } from "./entity-actor.ts";
import type { EntityKind } from "./entity-kind.ts";
import { REMINDED } from "./entity-life.ts";
import { EntityRef } from "./entity-ref.ts";
import type { Delivery } from "./origin.ts";
import { Place } from "./place.ts";
import type { PlaceKeeper } from "./place.ts";

/** All entities of one type on this node: it reaches them, and keeps those that are in memory. */
export class EntityType<P extends Protocol = Protocol> implements PlaceKeeper {
  readonly kind: EntityKind;
  readonly #actor: AnyDefinition;
  readonly #active: ActiveEntities;
  readonly #places = new Map<string, Place>();
  /** The actor above the entities of this type; undefined while none may be active. */
  #supervisor: Cell | undefined = undefined;

  constructor(kind: EntityKind, active: ActiveEntities) {
    this.kind = kind;
    this.#actor = kind.actor ?? entityActor(kind);
    this.#active = active;
  }

  get type(): string {
    return this.kind.definition.type;
  }

  /** How many are in memory. */
  get size(): number {
    return this.#places.size;
  }

  /** Those that are in memory. */
  all(): Place[] {
    return [...this.#places.values()];
  }

  /** The actor that the entity of this id is, brought into memory if need be; undefined when it cannot be. */
  activate(id: string): Cell | undefined {
    const place = this.place(id);
    return place instanceof Place ? place.cell : undefined;
  }

  /** Where the entity of this id is reached, whether it exists or not. @throws Fault `addressInvalid` */
  entity(id: string): Reference<P> {
    return new EntityRef(this, id) as unknown as Reference<P>;
  }

  /**
   * Sends a message that has one effect however often it is sent. `acknowledge` is called once it is stored that it has been taken in, or with why it never will be; when
   * it is not called, it is sent again. Each sender counts its messages to an entity 1, 2, 3 ...; one that comes
   * without those before it is not taken. @throws Fault `addressInvalid`
   */
  deliver(id: string, message: Tell<P>, receipt: Receipt, acknowledge: Delivery["acknowledge"]): Verdict {
    return this.send(id, { kind: DELIVERED, message, receipt, acknowledge }, undefined);
  }

  /** Has the one of this id come into memory, if it belongs to this node and is not here; answers whether that was so. */
  keep(id: string): boolean {
    const { router } = this.kind.routing;
    const isElsewhere = router?.belongsHere(this as unknown as EntityType, id) === false;
    if (isElsewhere || this.#places.has(id)) return false;
    return this.send(id, { kind: REMINDED }, undefined) === "accepted";
  }

  // For references.

  send(id: string, message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    const { router } = this.kind.routing;
    if (router !== undefined && !this.#isNear(id)) {
      return router.send(this as unknown as EntityType, id, message, ask);
    }
    return this.sendHere(id, message, ask);
  }

  /** Sends to the entity in the memory of this node, also if it has to come there first. */
  sendHere(id: string, message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    const place = this.place(id);
    if (!(place instanceof Place)) return refuse(ask, place, id);
    this.#active.touch(place);
    return place.cell?.deliver(message, ask as Ask | undefined) ?? refuse(ask, "entityPassive", id);
  }

  presentCell(id: string): Cell | undefined {
    const cell = this.#places.get(id)?.cell;
    return cell?.phase === PHASE.stopped ? undefined : cell;
  }

  // For the supervisor and the places.

  /** A supervisor has begun. One before it that stopped for good was not told which entities stopped with it. */
  beginUnder(supervisor: Cell): void {
    this.#supervisor = supervisor;
    for (const place of this.#places.values()) if (place.cell?.phase === PHASE.stopped) this.forget(place);
  }

  lookAt(place: Place): void {
    this.#active.lookAt(place);
  }

  /** An entity has stopped. */
  forget(place: Place): void {
    const { id } = place.address;
    if (this.#places.get(id) !== place) return;
    this.#places.delete(id);
    this.#active.remove(place);
    this.kind.routing.owners.release(place.address, place.lastWrite);
  }

  /** Lets an idle entity leave memory. Nothing can come in between: whatever is sent next activates it again. */
  passivate(place: Place): void {
    place.life?.leave();
    place.cell?.stop();
    this.forget(place);
  }

  /** The entity as it is in memory; undefined when it is not. */
  present(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** The entity, in memory if there is room; else why it cannot be. */
  place(id: string): Place | FaultCode {
    if (this.#active.areLeaving) return "actorMoved";
    const present = this.#places.get(id);
    if (present !== undefined && !present.isLeaving) return present;
    const supervisor = this.#supervisor;
    if (supervisor === undefined || supervisor.phase > PHASE.running) return "entityPassive";
    if (present !== undefined) {
      // One that still finishes what it has begun is a moment away from being another.
      if (present.cell?.phase !== PHASE.stopped) return "entityPassive";
      this.forget(present);
    }
    return this.#active.makeRoom() ? this.#activate(id, supervisor) : "entitiesFull";
  }

  /** Whether it is in memory, and what is sent from this node may go there at once. */
  #isNear(id: string): boolean {
    const place = this.#places.get(id);
    return place !== undefined && !place.isLeaving && !place.isDetoured;
  }

  #activate(id: string, supervisor: Cell): Place {
    const place = new Place(this, id);
    this.#places.set(id, place);
    this.#active.add(place);
    supervisor.system.spawnUnder(supervisor, this.#actor, actorName(id), place);
    return place;
  }
}

/** Nothing was kept; a question is told why. */
function refuse(ask: OpenAsk | undefined, code: FaultCode, id: string): Verdict {
  ask?.refuse(new Fault(code, { id }));
  return "busy";
}
