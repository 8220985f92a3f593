import Type from "typebox";
import { FEATURES as REAL } from "../../../deploy/roles.ts";
import { defineEvents } from "../../../protocols/events.ts";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineEntity } from "../../../runtime/actor/define-entity.ts";
import type { Feature } from "../../../runtime/feature.ts";
import { route } from "../../../runtime/net/route.ts";

/** An entity that does nothing but compute, and blocks its process for as long. */
const Burner = defineEntity({
  protocol: defineProtocol({
    name: "burner",
    version: 1,
    ask: { burn: { request: { ms: Type.Number() }, reply: { burnt: {} } } },
  }),
  events: defineEvents({ name: "burner", version: 1, events: {} }),
  forServices: ["burn"],
  durability: "memory",
  initialState: () => undefined,
  decide: {
    burn(_state, { ms }, context) {
      for (const endMs = context.nowMs() + ms; context.nowMs() < endMs;);
      return { reply: { kind: "burnt" } };
    },
  },
  evolve: {},
});

const models: Feature = {
  name: "models",
  start({ entities }) {
    entities.offer(Burner);
    return {
      routes: [
        route("/echo", {
          protocol: "text",
          onMessage: ({ outlet }, text, context) => void context.tell(outlet, { kind: "sendText", text }),
        }),
      ],
    };
  },
};

/** What stands in for `deploy/roles.ts` in the processes that are measured: the same features, an echo, and an entity that computes. */
export const FEATURES = [models, ...REAL];
