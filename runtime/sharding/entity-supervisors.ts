import { defineProtocol } from "../../protocols/protocol.ts";
import { local } from "../../protocols/reference.ts";
import { defineActor } from "../actor/define-actor.ts";
import type { Cell } from "../kernel/cell.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import type { EntityType } from "./entity-type.ts";
import type { Place } from "./place.ts";

/** Spoken by nobody: a supervisor tells itself that an entity has stopped. */
const TypeProtocol = defineProtocol({
  name: "entity-type",
  version: 1,
  self: { stopped: { place: local<Place>() } },
});

const RootProtocol = defineProtocol({ name: "entities", version: 1 });

/** Above all entities of one type. One that keeps failing is given up without harm to the others, and activated again by its next message. */
const EntityTypeActor = defineActor({
  protocol: TypeProtocol,
  essential: true,
  supervision: { strategy: "oneForOne", whenExhausted: "stop" },
  initialState(type: EntityType, context): EntityType {
    type.beginUnder((context.self as unknown as LocalRef).cell);
    return type;
  },
  childStopped: (place: Place) => ({ kind: "stopped", place }),
  handlers: {
    stopped: (type, { place }) => type.forget(place),
  },
  describe: ({ size, kind }) => ({ active: size, durability: kind.definition.durability }),
});

/** What the root of the entities is started with. */
export interface EntitiesArgs {
  readonly types: ReadonlyMap<string, EntityType>;
  readonly onStopped: () => void;
}

/** Above the types of entities. It has stopped when all that they decided is stored. */
export const Entities = defineActor({
  protocol: RootProtocol,
  essential: true,
  initialState(args: EntitiesArgs, context): EntitiesArgs {
    for (const type of args.types.values()) context.spawn(EntityTypeActor, type.type, type);
    return args;
  },
  handlers: {},
  afterStop({ onStopped }, _context, reason): void {
    if (reason !== "restarting") onStopped();
  },
});

/** Starts the supervisor of a type that is offered while the others are at work already. */
export function addType(entities: Cell, type: EntityType): void {
  entities.system.spawnUnder(entities, EntityTypeActor, type.type, type);
}
