import type { ConnectionProtocol } from "../../protocols/connection.ts";
import type { Protocol, Tell } from "../../protocols/protocol.ts";
import type { Verdict } from "../../runtime/actor/actor-ref.ts";
import { Intake } from "../../runtime/net/intake.ts";
import type { IntakeParts } from "../../runtime/net/intake.ts";
import type { Outlet } from "../../runtime/net/outlet.ts";
import type { SendPaths } from "./fake-wire.ts";

/** What a connection's actor was told. */
export type Told = Tell<ConnectionProtocol>;

/** The way from a client into a system of one actor, played by the test: it hears, and reacts when it is given its turn. */
export class Inbound {
  readonly heard: Told[] = [];
  verdict: Verdict = "accepted";
  /** What the actor does with each message. */
  react: (message: Told) => void = () => {};
  readonly outlet: Outlet;
  readonly intake: Intake;
  #mailbox: Told[] = [];

  constructor(paths: SendPaths, outlet: Outlet, parts: Partial<Omit<IntakeParts, "door" | "outlet">> = {}) {
    const tell = <P extends Protocol>(_to: unknown, message: Tell<P>): Verdict => {
      if (this.verdict === "accepted") this.#mailbox.push(message as unknown as Told);
      return this.verdict;
    };
    this.outlet = outlet;
    this.intake = new Intake({
      door: { clock: paths.clock, tell, hold: () => paths.clock.nowMs(), pump: () => this.#pump() },
      outlet,
      read: (bytes) => ({ kind: "text", text: bytes.toString() }),
      rate: { messagesPerSecond: 1_000, burst: 1_000 },
      ...parts,
    });
    outlet.open(outlet as never);
  }

  #pump(): void {
    for (const message of this.#mailbox.splice(0)) {
      this.heard.push(message);
      this.react(message);
    }
  }
}
