import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";

/** Reaches an actor of this process by a pointer to its cell: a later actor of the same name has another cell. */
export class LocalRef extends ActorRef<Protocol> {
  readonly cell: Cell;

  constructor(cell: Cell) {
    super();
    this.cell = cell;
  }

  get address(): string {
    return `${this.cell.pathText}#${this.cell.incarnation}`;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return this.cell.deliver(message, ask as Ask | undefined);
  }

  override protocolAbroad(): Protocol {
    return this.cell.definition.protocol as Protocol;
  }
}
