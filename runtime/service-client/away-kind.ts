import type { Protocol } from "../../protocols/protocol.ts";
import { travellingMessages } from "../codec/message-codec.ts";
import { compileMessages } from "../codec/validator.ts";
import type { Validate } from "../codec/validator.ts";
import { Fault } from "../fault.ts";
import type { EntityType } from "../sharding/entity-type.ts";

/** A kind of entities of other processes, and the check of what is said to them. */
export class AwayKind<P extends Protocol> {
  readonly type: EntityType<P>;
  readonly protocol: P;
  readonly #validate: Validate<unknown>;

  constructor(type: EntityType<P>, protocol: P) {
    this.type = type;
    this.protocol = protocol;
    this.#validate = compileMessages(travellingMessages(protocol));
  }

  /** @throws Fault `messageInvalid` with the field that is wrong: before anything is sent */
  check(message: unknown): void {
    const checked = this.#validate(message);
    if (checked.ok) return;
    const { field, text } = checked;
    throw new Fault("messageInvalid", { protocol: this.protocol.name, field, text });
  }
}
