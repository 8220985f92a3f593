import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Cell } from "../kernel/cell.ts";
import { PlacedRef } from "../kernel/placed-ref.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityType } from "./entity-type.ts";

/** Reaches an entity wherever it is: a message activates it if need be. */
export class EntityRef extends PlacedRef {
  readonly address: string;
  readonly #id: string;
  readonly #type: Pick<EntityType, "type" | "send" | "presentCell">;

  /** @throws Fault addressInvalid */
  constructor(type: Pick<EntityType, "type" | "send" | "presentCell">, id: string) {
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
}
