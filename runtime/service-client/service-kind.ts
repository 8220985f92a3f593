import type { Protocol } from "../../protocols/protocol.ts";
import { defineEvents } from "../../protocols/events.ts";
import { CLIENT_ROLE } from "../cluster/client-role.ts";
import type { EntityDefinition } from "../actor/define-entity.ts";

/** A kind of entities as a service names it: the words, and where in the cluster they are. An entity's definition is one, too. */
export interface ServiceKind<P extends Protocol> {
  readonly protocol: P;
  /** The type in their addresses; the protocol's name unless given. */
  readonly type?: string;
  /** The role of the nodes that take them; `entities` unless given. */
  readonly role?: string;
}

/** Entities of this kind, none of which will ever be in this process. */
export function awayEntity<P extends Protocol>({
  protocol,
  type,
  role,
}: ServiceKind<P>): EntityDefinition<P> {
  if (role === CLIENT_ROLE) throw new RangeError(`entities are never on members of the role ${CLIENT_ROLE}`);
  return {
    protocol,
    events: defineEvents({ name: protocol.name, version: 1, events: {} }),
    type: type ?? protocol.name,
    ...(role === undefined ? {} : { role }),
    initialState: () => undefined,
    decide: {},
    evolve: {},
    durability: "memory",
    passivateAfterMs: 1_000,
  };
}
