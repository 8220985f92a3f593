import { defineProtocol } from "../../protocols/protocol.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { ArgsOf } from "../actor/context.ts";
import { defineActor } from "../actor/define-actor.ts";
import type { ActorDefinition } from "../actor/define-actor.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { EntityHost } from "./entity-host.ts";
import type { EntityType } from "./entity-type.ts";
import type { PlacedOptions } from "./placed-actor.ts";

/** The id of the one actor of its kind that a cluster has. */
export const ONLY = "only";
/** How often a node looks whether the singletons that belong to it are there, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** One that ends again and again is brought back at most so often, in milliseconds. */
const AGAIN_AFTER_MS = 10_000;

/** A singleton, as operators are told of it. */
export interface KnownSingleton {
  readonly type: string;
  readonly entity: EntityAddress;
  /** Whether it is on this node. */
  readonly isHere: boolean;
}

const KeeperProtocol = defineProtocol({ name: "singletons", version: 1, self: { look: {} } });

/**
 * Actors of which the cluster has one each, on whichever node it belongs to: owned by claim and epoch as entities are, so that no two act at a time, handed over with their mail
 * when their node drains, and begun anew elsewhere when it is lost. A node that stands alone has them all.
 */
export class Singletons {
  readonly #system: ActorSystem;
  readonly #entities: Pick<EntityHost, "offerActor">;
  readonly #types = new Map<string, EntityType>();

  constructor(system: ActorSystem, entities: Pick<EntityHost, "offerActor">) {
    this.#system = system;
    this.#entities = entities;
  }

  /** Makes one available; answers where it is reached, from any node. @throws RangeError when the type is offered twice */
  offer<P extends Protocol, Args>(
    definition: ActorDefinition<P, Args>,
    options: PlacedOptions,
    ...args: ArgsOf<Args>
  ): Reference<P> {
    const type = this.#entities.offerActor(definition, options, ...args);
    if (this.#types.size === 0) this.#system.spawn(Keeper, "singletons", this.#types);
    this.#types.set(type.type, type as unknown as EntityType);
    return type.entity(ONLY);
  }

  /** All that this node knows of, here or elsewhere. */
  list(): readonly KnownSingleton[] {
    return Array.from(this.#types.values(), (type) => ({
      type: type.type,
      entity: { type: type.type, id: ONLY },
      isHere: type.presentCell(ONLY) !== undefined,
    }));
  }
}

interface KeeperState {
  readonly types: ReadonlyMap<string, EntityType>;
  /** When each was missed last. */
  readonly missedMs: Map<string, number>;
}

/** Has the singletons that belong to this node run, also while nobody speaks to them. */
const Keeper = defineActor({
  protocol: KeeperProtocol,
  essential: true,
  heartbeat: { everyMs: LOOK_EVERY_MS, grace: 10 },
  initialState(types: ReadonlyMap<string, EntityType>, context): KeeperState {
    context.startTimer("look", 0, { kind: "look" });
    return { types, missedMs: new Map() };
  },
  handlers: {
    look({ types, missedMs }, _message, context) {
      context.beat();
      context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
      for (const type of types.values()) keepOne(type, missedMs, context.nowMs());
    },
  },
  describe: ({ types }) => ({
    here: [...types.values()].filter((type) => type.presentCell(ONLY) !== undefined).map(({ type }) => type),
    known: Array.from(types.values(), ({ type }) => entityText({ type, id: ONLY })),
  }),
});

function keepOne(type: EntityType, missedMs: Map<string, number>, nowMs: number): void {
  const beforeMs = missedMs.get(type.type) ?? Number.NEGATIVE_INFINITY;
  if (type.presentCell(ONLY) !== undefined || nowMs - beforeMs < AGAIN_AFTER_MS) return;
  if (type.keep(ONLY)) missedMs.set(type.type, nowMs);
}
