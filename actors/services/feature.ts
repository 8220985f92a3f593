import type { Feature } from "../../runtime/feature.ts";
import { messageCallRoute } from "./message-call.ts";
import { MessageDesk, MESSAGES_SCOPE } from "./message-desk.ts";
import { messageRoute } from "./message-routes.ts";
import { openType } from "./open-type.ts";

/** The doors for services of any language: their messages go to entities, wherever in the cluster those are. Only types that say so are open. */
export const servicesFeature: Feature = {
  name: "services",
  start({ entities, sources }) {
    const types = entities.types().flatMap((type) => openType(type) ?? []);
    const desk = new MessageDesk(entities);
    const guard = sources.guard(MESSAGES_SCOPE);
    const routes = types.map((open) => messageRoute(open, desk, guard));
    return { routes: [...routes, messageCallRoute(types, desk, guard)] };
  },
};
