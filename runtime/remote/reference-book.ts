import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { ReferenceWriter, WrittenReference } from "../codec/travel-codec.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { Cell } from "../kernel/cell.ts";
import { LocalRef } from "../kernel/local-ref.ts";
import { PHASE } from "../kernel/phase.ts";
import { PlacedRef } from "../kernel/placed-ref.ts";
import { findCell } from "../kernel/tree-node.ts";
import { parseEntityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { actorText, parseActorText } from "./actor-address.ts";
import type { ActorAddress } from "./actor-address.ts";

/** What a book is made of. */
export interface ReferenceBookParts {
  readonly system: ActorSystem;
  readonly incarnation: string;
  /** Every protocol by which a reference may be known. */
  readonly protocols: readonly Protocol[];
  /** Where an actor of another node is reached. */
  readonly far: (to: ActorAddress, protocol: Protocol | undefined) => AnyReference;
  /** Where an entity is reached; undefined when this node knows no entities of that type. */
  readonly entity: (entity: EntityAddress) => AnyReference | undefined;
}

/** Writes references so that other nodes understand them, and reads theirs. */
export class ReferenceBook implements ReferenceWriter {
  readonly #parts: ReferenceBookParts;
  readonly #protocols: ReadonlyMap<string, Protocol>;

  constructor(parts: ReferenceBookParts) {
    this.#parts = parts;
    this.#protocols = new Map(parts.protocols.map((protocol) => [protocol.name, protocol]));
  }

  write(reference: AnyReference): WrittenReference {
    const protocol = reference instanceof ActorRef ? reference.protocolAbroad() : undefined;
    if (protocol === undefined) throw new Fault("cannotTravel", { reference: String(reference?.address) });
    const { incarnation } = this.#parts;
    const { address } = reference;
    return [
      reference instanceof LocalRef ? actorText({ incarnation, path: address }) : address,
      protocol.name,
    ];
  }

  /** What leads nowhere is a reference as well: what is sent to it is a dead letter. */
  read([address, name]: WrittenReference): AnyReference {
    const entity = parseEntityText(address);
    if (entity !== undefined) return this.#parts.entity(entity) ?? new GoneRef(address, this.#parts.system);
    const actor = parseActorText(address);
    if (actor === undefined) return new GoneRef(address, this.#parts.system);
    if (actor.incarnation !== this.#parts.incarnation) {
      return this.#parts.far(actor, this.#protocols.get(name));
    }
    return this.actor(actor.path)?.reference ?? new GoneRef(address, this.#parts.system);
  }

  /** The actor of this node at a path with its incarnation, or whoever stands at a path without one. */
  actor(path: string): Cell | undefined {
    const hash = path.indexOf("#");
    const cell = findCell(this.#parts.system.root, hash === -1 ? path : path.slice(0, hash));
    if (cell === undefined || cell.phase === PHASE.stopped) return undefined;
    return hash === -1 || path.slice(hash + 1) === String(cell.incarnation) ? cell : undefined;
  }
}

/** Stands for an actor that has stopped, or was never here. */
class GoneRef extends PlacedRef {
  readonly address: string;
  readonly present = undefined;
  readonly #system: ActorSystem;

  constructor(address: string, system: ActorSystem) {
    super();
    this.address = address;
    this.#system = system;
  }

  deliver({ kind }: TaggedMessage): Verdict {
    this.#system.deadLetters.add("actorGone", this.address, kind);
    return "gone";
  }
}
