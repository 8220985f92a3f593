import { createHash } from "node:crypto";
import type { AskKind, AskMessage, Protocol, Reply, Tell } from "../../protocols/protocol.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import { REQUEST_KEY, REQUEST_KEY_TEXT } from "../codec/done-request.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { EntityHost } from "../sharding/entity-host.ts";
import type { AwayKind } from "./away-kind.ts";
import type { Deliveries } from "./deliveries.ts";
import type { ServiceAskOptions, ServiceReference } from "./service-client.ts";

/** How long an answer is waited for unless told, in milliseconds. */
const DEADLINE_MS = 5_000;

/** What references of a service need of their process. */
export interface AwayParts {
  readonly system: ActorSystem;
  readonly entities: EntityHost;
  readonly deliveries: Deliveries;
  /** Before the name of each question that has one: two services may use the same. */
  readonly name: string;
  /** Whether the nodes know this process at this moment. */
  isConnected(): boolean;
}

/** Reaches an entity of the cluster from a process that has none. */
export class AwayReference<P extends Protocol> implements ServiceReference<P> {
  readonly address: string;
  readonly #kind: AwayKind<P>;
  readonly #id: string;
  readonly #parts: AwayParts;

  /** @throws Fault `addressInvalid` */
  constructor(kind: AwayKind<P>, id: string, parts: AwayParts) {
    this.address = kind.type.entity(id).address;
    this.#kind = kind;
    this.#id = id;
    this.#parts = parts;
  }

  tell(message: Tell<P>): Verdict {
    this.#kind.check(message);
    if (!this.#parts.isConnected()) return "busy";
    return this.#parts.system.tell(this.#kind.type.entity(this.#id), message);
  }

  async ask<K extends AskKind<P>>(
    message: { readonly kind: K } & AskMessage<P, K>,
    { deadlineMs = DEADLINE_MS, key }: ServiceAskOptions = {},
  ): Promise<Reply<P, K>> {
    const { system, entities, name } = this.#parts;
    this.#kind.check(message);
    if (!this.#parts.isConnected()) throw new Fault("clusterLeft", { address: this.address });
    if (key === undefined) {
      const asked = system.put(this.#kind.type.entity(this.#id), message, { deadlineMs }, undefined);
      return (await asked) as Reply<P, K>;
    }
    if (!REQUEST_KEY.test(key)) {
      throw new Fault("messageInvalid", { address: this.address, field: "key", text: REQUEST_KEY_TEXT });
    }
    const digest = createHash("sha256").update(JSON.stringify(message)).digest("base64url");
    const request = { name: `${name}:${key}`, digest };
    const to = { type: this.#kind.type.type, id: this.#id };
    return (await entities.request(to, message, { request, deadlineMs })) as Reply<P, K>;
  }

  async deliver(message: Tell<P>): Promise<void> {
    this.#kind.check(message);
    const { deliveries } = this.#parts;
    await deliveries.add(this.address, message, (said, receipt, acknowledge) => {
      if (!this.#parts.isConnected()) return "busy";
      return this.#kind.type.deliver(this.#id, said as Tell<P>, receipt, acknowledge);
    });
  }
}
