import type { Reply } from "../../protocols/protocol.ts";
import type {
  RegistrarProtocol,
  RegistryKeyProtocol,
  RegistryWatcherProtocol,
} from "../../protocols/registry-key.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { EntityHost } from "../sharding/entity-host.ts";
import type { EntityType } from "../sharding/entity-type.ts";
import { Registrar } from "./registrar.ts";
import { REGISTRY_TYPE, RegistryKey } from "./registry-key.ts";

/** Where the registrar of each node stands. */
export const REGISTRAR_NAME = "registry";

/**
 * Finds actors by key, over the whole cluster: who is registered under a key at any node is found from every node, until it stops, its node ends, or it is taken out. In memory
 * alone, and bounded: 1,000 members a key, 10,000 keys a node. A node that stands alone finds its own.
 */
export class Registry {
  readonly #system: ActorSystem;
  readonly #places: EntityType<RegistryKeyProtocol>;
  readonly #registrar: Reference<RegistrarProtocol>;

  constructor(system: ActorSystem, entities: Pick<EntityHost, "offerActor">) {
    this.#system = system;
    this.#places = entities.offerActor(RegistryKey, { type: REGISTRY_TYPE });
    this.#registrar = system.spawn(Registrar, REGISTRAR_NAME, { placeOf: (key) => this.#places.entity(key) });
  }

  /** Registers an actor of this node, or an entity. `later`: its key cannot be reached now, and it is entered as soon as it can be. */
  register(key: string, member: AnyReference): Promise<Reply<RegistrarProtocol, "register">> {
    return this.#system.ask(this.#registrar, { kind: "register", key, member });
  }

  unregister(key: string, member: AnyReference): void {
    this.#system.tell(this.#registrar, { kind: "unregister", key, member });
  }

  /** All that are registered under a key, wherever they are. Rejects with a Fault when the place of the key cannot be asked. */
  async list(key: string, deadlineMs = 5_000): Promise<readonly AnyReference[]> {
    const place = this.#places.entity(key);
    return (await this.#system.ask(place, { kind: "list" }, { deadlineMs })).members;
  }

  /** Tells an actor of this node who is registered under a key, now and after each change. What it is told may be told again. */
  watch(key: string, watcher: Reference<RegistryWatcherProtocol>): void {
    this.#system.tell(this.#registrar, { kind: "watch", key, watcher });
  }

  unwatch(key: string, watcher: Reference<RegistryWatcherProtocol>): void {
    this.#system.tell(this.#registrar, { kind: "unwatch", key, watcher });
  }

  /** What this node has registered. */
  async own(): Promise<Reply<RegistrarProtocol, "keys">["keys"]> {
    return (await this.#system.ask(this.#registrar, { kind: "keys" })).keys;
  }
}
