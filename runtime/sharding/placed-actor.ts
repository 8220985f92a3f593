import { defineEvents } from "../../protocols/events.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { ActorDefinition, AnyDefinition, Handler } from "../actor/define-actor.ts";
import type { EntityDefinition } from "../actor/define-entity.ts";
import { Fault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import type { EntityKind } from "./entity-kind.ts";
import { DELIVERED, endUnlessRetryable } from "./entity-actor.ts";
import { REMINDED } from "./entity-life.ts";
import type { Delivery } from "./origin.ts";
import { refuseOpen } from "./place.ts";
import type { Place } from "./place.ts";
import { PlacedContext } from "./placed-context.ts";

/** How long a placed actor is at least in memory: it ends itself when it has nothing to do. */
const LOOK_EVERY_MS = 60_000;

/** Where in a cluster placed actors are. */
export interface PlacedOptions {
  /** The type in their addresses; the type of the actor unless given. */
  readonly type?: string;
  /** The role of the nodes that take them; `entities` unless given. */
  readonly role?: string;
}

/** What the runtime knows of a kind of placed actors as it does of a kind of entities: nothing of them is stored. */
export function placedKind<P extends Protocol, Args>(
  { protocol, type }: ActorDefinition<P, Args>,
  { type: named = type, role }: PlacedOptions,
): EntityDefinition<P, Args> {
  return {
    protocol,
    events: defineEvents({ name: named, version: 1, events: {} }),
    type: named,
    ...(role === undefined ? {} : { role }),
    initialState: () => undefined,
    decide: {},
    evolve: {},
    durability: "memory",
    passivateAfterMs: LOOK_EVERY_MS,
  };
}

/**
 * The actor that stands at a place of the cluster: one at a time, owned as entities are. It takes no turn unless its node may act for it, and lives until it ends
 * itself, or another node takes it.
 */
export function placedActor(
  definition: AnyDefinition,
  kind: Pick<EntityKind, "routing" | "args">,
): AnyDefinition {
  const { handOver: _, ...rest } = definition;
  const fenced = fencing(kind);
  const handlers: Record<string, Handler> = Object.create(null);
  for (const [name, handler] of Object.entries(definition.handlers)) {
    handlers[name] = (state, message, context) =>
      mayAct(kind, context) ? handler(state, message, fenced(context)) : undefined;
  }
  // It is here: that is all that was wanted.
  handlers[REMINDED] = () => undefined;
  handlers[DELIVERED] = (_state, { acknowledge }: Delivery, context) => acknowledge(notDeliverable(context));
  return {
    ...rest,
    goneCode: "entityPassive",
    initialState: async (place: Place, context: Context<Protocol>) => {
      await begin(place, localRef(context).cell);
      return definition.initialState(place.kind.args, fenced(context as never));
    },
    handlers,
  };
}

async function begin(place: Place, cell: Cell): Promise<void> {
  place.cell = cell;
  const { life } = cell;
  try {
    const acquired = place.kind.routing.owners.acquire(place.address);
    place.owner = acquired instanceof Promise ? await acquired : acquired;
  } catch (error) {
    if (cell.life === life) endUnlessRetryable(place, cell, error);
    throw error;
  }
}

/** Gives each turn the context in which it acts. That of a life is the same for all that it is told, so it is made once. */
function fencing({ routing }: Pick<EntityKind, "routing">): (context: never) => never {
  const ofLives = new WeakMap<object, PlacedContext>();
  return (context: Context<Protocol>) => {
    const isOfTurn = "reply" in context;
    const known = isOfTurn ? undefined : ofLives.get(context);
    const fenced = known ?? new PlacedContext(context, routing);
    if (!isOfTurn && known === undefined) ofLives.set(context, fenced);
    return fenced as never;
  };
}

/** What is delivered has one effect however often it comes: who stores nothing cannot promise that. */
function notDeliverable(context: unknown): Fault {
  const address = (localRef(context).cell.args as Place).reference.address;
  return new Fault("durabilityMissing", { address, why: "nothing of it is stored; tell it, or ask it" });
}

function localRef(context: unknown): LocalRef {
  return (context as Context<Protocol>).self as unknown as LocalRef;
}

/** A node whose lease is over may have been replaced: whatever was told to this one, nothing is done. */
function mayAct({ routing }: Pick<EntityKind, "routing">, context: unknown): boolean {
  if (routing.owners.mayAct()) return true;
  const { cell } = localRef(context);
  refuseOpen(cell, new Fault("fenced", { address: cell.reference.address, why: "the lease has lapsed" }));
  cell.stop();
  return false;
}
