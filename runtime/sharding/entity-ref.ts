import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Cell } from "../kernel/cell.ts";
import { PlacedRef } from "../kernel/placed-ref.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityType } from "./entity-type.ts";

/** What a reference needs of its type. */
type NearEntities = Pick<EntityType, "type" | "kind" | "send" | "presentCell">;

/** Reaches an entity wherever it is: a message activates it if need be. */
export class EntityRef extends PlacedRef {
  readonly address: string;
  readonly #id: string;
  readonly #type: NearEntities;

  /** @throws Fault addressInvalid */
  constructor(type: NearEntities, id: string) {
    super();
    this.address = entityText({ type: type.type, id });
    this.#id = id;
    this.#type = type;
  }

  get present(): Cell | undefined {
    return this.#type.presentCell(this.#id);
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return this.#type.send(this.#id, message, ask);
  }

  override protocolAbroad(): Protocol {
    return this.#type.kind.definition.protocol as Protocol;
  }

  override watchAway(watcher: Cell, message: TaggedMessage): boolean {
    const { router } = this.#type.kind.routing;
    router?.watch(this.#type as EntityType, this.#id, watcher, message);
    return router !== undefined;
  }

  override unwatchAway(watcher: Cell): void {
    this.#type.kind.routing.router?.unwatch(this.#type as EntityType, this.#id, watcher);
  }
}
