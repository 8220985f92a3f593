import { defineEvents } from "../../protocols/events.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { ActorDefinition, AnyDefinition, Handler } from "../actor/define-actor.ts";
import type { EntityDefinition } from "../actor/define-entity.ts";
import { Fault } from "../fault.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import type { EntityKind } from "./entity-kind.ts";
import { endUnlessRetryable } from "./entity-actor.ts";
import { REMINDED } from "./entity-life.ts";
import { refuseOpen } from "./place.ts";
import type { Place } from "./place.ts";

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
  const handlers: Record<string, Handler> = Object.create(null);
  for (const [name, handler] of Object.entries(definition.handlers)) {
    handlers[name] = (state, message, context) =>
      mayAct(kind, context) ? handler(state, message, fenced(kind, context)) : undefined;
  }
  // It is here: that is all that was wanted.
  handlers[REMINDED] = () => undefined;
  return {
    ...rest,
    goneCode: "entityPassive",
    initialState: (place: Place, context: Context<Protocol>) => begin(definition, place, context),
    handlers,
  };
}

async function begin(definition: AnyDefinition, place: Place, context: Context<Protocol>): Promise<unknown> {
  const { cell } = localRef(context);
  place.cell = cell;
  const { life } = cell;
  try {
    const acquired = place.kind.routing.owners.acquire(place.address);
    place.owner = acquired instanceof Promise ? await acquired : acquired;
  } catch (error) {
    if (cell.life === life) endUnlessRetryable(place, cell, error);
    throw error;
  }
  return definition.initialState(place.kind.args, fenced(place.kind, context));
}

/** What a turn may do to others: not a word of it leaves when the lease has ended meanwhile. */
const EFFECTS: ReadonlySet<PropertyKey> = new Set(["tell", "ask", "reply", "spawn"]);

/** The context of a placed actor: the same, but that it is reached at its place, as long as its node may act for it. @throws Fault `fenced` from each effect after that */
function fenced<C extends object>({ routing }: Pick<EntityKind, "routing">, context: C): C {
  return new Proxy(context, {
    get(target, name) {
      if (name === "self") return placeOf(target).reference;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (EFFECTS.has(name) && !routing.owners.mayAct()) {
        throw new Fault("fenced", { effect: String(name), why: "the lease has lapsed" });
      }
      return value.bind(target) as unknown;
    },
  });
}

function localRef(context: unknown): LocalRef {
  return (context as Context<Protocol>).self as unknown as LocalRef;
}

function placeOf(context: unknown): Place {
  return localRef(context).cell.args as Place;
}

/** A node whose lease is over may have been replaced: whatever was told to this one, nothing is done. */
function mayAct({ routing }: Pick<EntityKind, "routing">, context: unknown): boolean {
  if (routing.owners.mayAct()) return true;
  const { cell } = localRef(context);
  refuseOpen(cell, new Fault("fenced", { address: cell.reference.address, why: "the lease has lapsed" }));
  cell.stop();
  return false;
}
