import type { Protocol } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context } from "../actor/context.ts";
import type { DecideContext } from "../actor/decision.ts";
import type { Firing } from "../reminders/reminder.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Place } from "./place.ts";

/** What an entity may look at while it decides, in one life. */
export class EntityReads implements DecideContext<Protocol, unknown> {
  readonly #place: Place;
  readonly #context: Context<Protocol>;
  firing: Firing | undefined = undefined;

  constructor(place: Place, context: Context<Protocol>) {
    this.#place = place;
    this.#context = context;
  }

  get id(): string {
    return this.#place.address.id;
  }

  /** The entity, wherever it will be: not the actor that it is now. */
  get self(): Reference<Protocol> {
    return this.#place.reference;
  }

  get args(): unknown {
    return this.#place.kind.args;
  }

  get log(): Logger {
    return this.#context.log;
  }

  nowMs(): number {
    return this.#context.nowMs();
  }

  wallMs(): number {
    return this.#context.wallMs();
  }

  random(): number {
    return this.#context.random();
  }
}
