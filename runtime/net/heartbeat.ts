import { Deadline } from "../time/deadlines.ts";
import type { Outlet } from "./outlet.ts";

/**
 * Reminds the actor of one connection, once a period, to look for a sign of life. A timer of the actor would do the same
 * at five times the memory, and every connection has one.
 */
export class Heartbeat extends Deadline {
  readonly #outlet: Outlet;
  readonly #everyMs: number;

  constructor(outlet: Outlet, firstMs: number, everyMs: number) {
    super();
    this.#outlet = outlet;
    this.#everyMs = everyMs;
    outlet.share.deadlines.add(this, firstMs);
  }

  override expire(): void {
    const { share, connection } = this.#outlet;
    // A mailbox that is full has other worries; the next period comes.
    if (connection !== undefined) share.door.tell(connection, { kind: "pingDue" });
    share.deadlines.add(this, this.#everyMs);
  }
}
