import Type from "typebox";
import { defineEvents } from "../../../protocols/events.ts";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineEntity } from "../../../runtime/actor/define-entity.ts";
import type { Feature } from "../../../runtime/feature.ts";

/** Longer than any measurement: nothing leaves memory on its own. */
const STAYS_MS = 3_600_000;

/** What may be said to a purse. */
export const PurseProtocol = defineProtocol({
  name: "purse",
  version: 1,
  ask: {
    put: { request: { coins: Type.Integer() }, reply: { holds: { coins: Type.Integer() } } },
    count: { request: {}, reply: { holds: { coins: Type.Integer() } } },
  },
});

const Purse = defineEntity({
  protocol: PurseProtocol,
  events: defineEvents({ name: "purse", version: 1, events: { put: { coins: Type.Integer() } } }),
  initialState: () => ({ coins: 0 }),
  decide: {
    put: (_state, { coins }) => ({
      events: [{ kind: "put", coins }],
      reply: (state) => ({ kind: "holds", coins: state.coins }),
    }),
    count: ({ coins }) => ({ reply: { kind: "holds", coins } }),
  },
  evolve: { put: (state, { coins }) => void (state.coins += coins) },
  durability: "fsync",
  passivateAfterMs: STAYS_MS,
});

/** A small durable entity, as there are many of in a system. */
export const purseFeature: Feature = {
  name: "purse",
  start({ entities }) {
    entities.offer(Purse);
    return {};
  },
};
